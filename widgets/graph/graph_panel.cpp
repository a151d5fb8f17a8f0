#include "widgets/graph/graph_panel.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"

#include <QHBoxLayout>

#include <algorithm>

namespace stepwell {

namespace {

constexpr double zoomStep = 1.25;

}  // namespace

GraphPanel::GraphPanel(Backend& backend, QWidget* parent)
    : QStackedWidget(parent)
    , m_backend(backend)
    , m_empty(new EmptyState)
    , m_view(new GraphView) {
    auto* loading = makeLabel(tr("Reading the code of this version…"), "mute");
    loading->setAlignment(Qt::AlignCenter);
    m_loading = loading;
    addWidget(m_loading);
    addWidget(m_empty);
    addWidget(m_view);
    setFocusProxy(m_view);
    connect(m_empty, &EmptyState::actionRequested, this, &GraphPanel::reload);
}

void GraphPanel::show(const std::string& workflow, const std::string& versionId) {
    const bool isSame = workflow == m_workflow && versionId == m_version;
    if (isSame && m_shown != Shown::nothing && m_shown != Shown::failed) return;
    m_workflow = workflow;
    m_version = versionId;
    m_view->setGraph(nullptr);
    reload();
}

void GraphPanel::reload() {
    if (m_version.empty()) return;
    set(Shown::loading);
    m_backend.graph(m_workflow, m_version, this,
                    [this, generation = ++m_generation](api::Result<api::VersionGraph> answer) {
                        if (generation == m_generation) take(std::move(answer));
                    });
}

void GraphPanel::take(api::Result<api::VersionGraph> answer) {
    if (!answer) {
        m_empty->showError(answer.error(), tr("The graph of this version"),
                           QStringLiteral("Workers Scripts Read"));
        return set(Shown::failed);
    }
    if (!answer->graph) {
        const QString reason = answer->reason.empty()
                                   ? tr("The backend derived none from the code of this version.")
                                   : toQt(answer->reason);
        m_empty->show(EmptyState::Kind::nothingYet, tr("This version has no graph"), reason, {});
        return set(Shown::none);
    }
    m_view->setGraph(std::make_shared<const api::Graph>(std::move(*answer->graph)));
    m_view->setRun(m_run);
    set(Shown::graph);
}

void GraphPanel::setRun(const api::InstanceDetail* detail) {
    m_run = detail;
    m_view->setRun(detail);
}

void GraphPanel::focusMain() {
    m_isFocusWanted = m_shown != Shown::graph;
    if (!m_isFocusWanted) m_view->setFocus();
}

void GraphPanel::set(Shown shown) {
    m_shown = shown;
    setCurrentWidget(shown == Shown::graph                            ? static_cast<QWidget*>(m_view)
                     : shown == Shown::none || shown == Shown::failed ? static_cast<QWidget*>(m_empty)
                                                                      : m_loading);
    if (shown == Shown::graph && std::exchange(m_isFocusWanted, false)) m_view->setFocus();
    emit shownChanged();
}

GraphHeader::GraphHeader(GraphPanel& panel, Title title, QWidget* parent)
    : QWidget(parent)
    , m_panel(panel)
    , m_summary(new ElidedLabel)
    , m_functions(new Chip(tr("Open functions")))
    , m_scale(new Chip(QStringLiteral("100 %"))) {
    setFixedHeight(40);
    m_summary->setProperty("kind", "mute");
    auto* smaller = new Chip(QStringLiteral("–"));
    auto* larger = new Chip(QStringLiteral("+"));
    auto* fit = new Chip(tr("Fit"));
    smaller->setToolTip(tr("Smaller (-)"));
    smaller->setAccessibleName(tr("Smaller"));
    larger->setToolTip(tr("Larger (+)"));
    larger->setAccessibleName(tr("Larger"));
    m_scale->setToolTip(tr("Full size (1)"));
    fit->setToolTip(tr("Show the whole graph (F)"));
    m_functions->setCheckable(true);
    m_chips = {m_functions, smaller, m_scale, larger, fit};
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    if (title == Title::shown) row->addWidget(makeLabel(tr("Graph"), "cardTitle"));
    row->addWidget(m_summary, 1);
    for (auto* chip : m_chips)
        row->addWidget(chip);

    auto* view = &panel.view();
    connect(smaller, &Chip::clicked, view, [view] { view->zoomBy(1 / zoomStep); });
    connect(larger, &Chip::clicked, view, [view] { view->zoomBy(zoomStep); });
    connect(m_scale, &Chip::clicked, view, [view] { view->zoomBy(1 / view->scale()); });
    connect(fit, &Chip::clicked, view, &GraphView::fit);
    connect(m_functions, &Chip::clicked, view, &GraphView::setAllOpen);
    connect(view, &GraphView::zoomed, this, &GraphHeader::update);
    connect(view, &GraphView::selectionChanged, this, &GraphHeader::update);
    connect(&panel, &GraphPanel::shownChanged, this, &GraphHeader::update);
    update();
}

QString GraphHeader::summary() const {
    const auto* graph = m_panel.view().shownGraph();
    if (graph == nullptr || m_panel.shown() != GraphPanel::Shown::graph) return {};
    const int steps = graph::stepCount(*graph);
    QStringList parts{steps == 1 ? tr("1 step") : tr("%1 steps").arg(format::number(steps))};
    const auto functions = graph->functions.size();
    if (functions > 0)
        parts << (functions == 1 ? tr("1 function")
                                 : tr("%1 functions").arg(format::number(static_cast<int>(functions))));
    if (const int unmatched = m_panel.view().run().unmatched(); unmatched > 0)
        parts << tr("%1 steps of this run are not in it").arg(format::number(unmatched));
    return parts.join(QStringLiteral(" · "));
}

void GraphHeader::update() {
    const auto* graph = m_panel.view().shownGraph();
    const bool isShown = graph != nullptr && m_panel.shown() == GraphPanel::Shown::graph;
    for (auto* chip : m_chips)
        chip->setVisible(isShown);
    if (const QString text = summary(); text != m_summary->text()) m_summary->setText(text);
    if (!isShown) return;
    m_scale->setText(QStringLiteral("%1 %").arg(qRound(m_panel.view().scale() * 100)));
    m_functions->setVisible(!graph->functions.empty());
    const auto& items = m_panel.view().layoutOfGraph().items;
    m_functions->setChecked(std::none_of(items.begin(), items.end(),
                                         [](const auto& item) { return item.canToggle && !item.isOpen; }));
}

}  // namespace stepwell
