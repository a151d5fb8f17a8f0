#include "widgets/workflows_page.h"

#include "models/backend.h"
#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"
#include "widgets/table_view.h"
#include "widgets/workflow_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

namespace stepwell {
namespace {

/// Says that the whole window takes drops. A dashed edge, because it is a hint and not a target.
class DropHint : public QWidget {
  public:
    DropHint() {
        setFixedHeight(66);
        setObjectName("dropHint");
        setAccessibleName(text());
    }

  protected:
    static QString text() {
        return QObject::tr("Drop a Worker project, or a site as a folder or a zip, anywhere in this window");
    }
    void paintEvent(QPaintEvent*) override {
        const auto& theme = Theme::get();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.color(Token::line), 1, Qt::DashLine));
        painter.setBrush(theme.color(Token::surface));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
        painter.setPen(theme.color(Token::mute));
        painter.setFont(theme.body());
        painter.drawText(rect().adjusted(16, 0, -16, 0), Qt::AlignCenter, text());
    }
};

// In a window of 1024 pixels all columns are seen whole.
const QList<TableView::Width> columnWidths = {{255, 126}, {180, 108}, {96, 80},   {96, 80},
                                              {96, 72},   {100, 84},  {230, 106}, {130, 122}};

}  // namespace

WorkflowsPage::WorkflowsPage(Backend& backend, const std::vector<Sample>& samples, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , table_(new TableView(QStringLiteral("workflows"), WorkflowDelegate::rowHeight))
    , card_(new ListCard(table_))
    , count_(makeLabel(QString(), "mute"))
    , trigger_(makeButton(tr("Trigger…"), "main"))
    , hint_(new DropHint)
    , samples_(new SampleList(samples)) {
    table_->setAccessibleName(tr("Workflows"));
    table_->setItemDelegate(new WorkflowDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, WorkflowsModel::Name);
    table_->setWholeColumn(WorkflowsModel::Name);
    layOut();
    connect(table_, &TableView::opened, this, [this](const QModelIndex& index) {
        emit workflowChosen(index.data(WorkflowsModel::NameRole).toString());
    });
    connect(table_, &TableView::menuRequested, this, &WorkflowsPage::showMenu);
    connect(trigger_, &QPushButton::clicked, this, [this] { emit triggerRequested(currentWorkflow()); });
    connect(&model_, &ListModel::stateChanged, this, &WorkflowsPage::update);
    connect(&model_, &QAbstractItemModel::modelReset, this, &WorkflowsPage::update);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &WorkflowsPage::update);
    connect(&model_, &QAbstractItemModel::rowsRemoved, this, &WorkflowsPage::update);
    connect(card_->empty(), &EmptyState::actionRequested, this,
            [this] { model_.state() == LoadState::failed ? reload() : emit importRequested(); });
    connect(samples_, &SampleList::chosen, this, &WorkflowsPage::sampleRequested);
    connect(&backend, &Backend::supportChanged, this, &WorkflowsPage::update);
    second_.setInterval(1000);
    connect(&second_, &QTimer::timeout, table_->viewport(), qOverload<>(&QWidget::update));
    model_.setActive(false);
    model_.setBackend(&backend);
    update();
}

void WorkflowsPage::layOut() {
    auto* import = makeButton(tr("Import Worker…"));
    connect(import, &QPushButton::clicked, this, &WorkflowsPage::importRequested);
    gate(import, backend_, Feature::uploadScript);
    gate(trigger_, backend_, Feature::triggerInstance);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeLabel(tr("Workflows"), "title"));
    head->addWidget(count_);
    head->addStretch(1);
    head->addWidget(import);
    head->addWidget(trigger_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(card_, 1000);
    layout->addWidget(samples_);
    layout->addWidget(hint_);
    layout->addStretch(1);
    samples_->setVisible(false);
}

void WorkflowsPage::showMenu(const QModelIndex& index, const QPoint& at) {
    const QString name = index.data(WorkflowsModel::NameRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName("workflowMenu");
    const auto add = [&](const QString& text, auto signal) {
        auto* action = menu->addAction(text);
        connect(action, &QAction::triggered, this, [this, name, signal] { emit(this->*signal)(name); });
        return action;
    };
    add(tr("Open"), &WorkflowsPage::workflowChosen);
    gate(add(tr("Trigger…"), &WorkflowsPage::triggerRequested), backend_, Feature::triggerInstance);
    add(tr("Settings"), &WorkflowsPage::settingsRequested);
    menu->addSeparator();
    gate(add(tr("Delete workflow…"), &WorkflowsPage::deletionRequested), backend_, Feature::deleteWorkflow);
    menu->popup(at);
}

QString WorkflowsPage::currentWorkflow() const {
    const QModelIndex index = table_->currentIndex();
    return index.isValid() ? index.data(WorkflowsModel::NameRole).toString() : QString();
}

void WorkflowsPage::reload() {
    model_.refresh();
}

void WorkflowsPage::focusMain() {
    card_->showsList() ? table_->setFocus() : card_->empty()->button()->setFocus();
}

void WorkflowsPage::update() {
    const int rows = model_.rowCount();
    const bool none = rows == 0;
    const LoadState state = model_.state();
    const QString counted =
        tr("%1 in %2")
            .arg(rows == 1 ? tr("1 workflow") : tr("%1 workflows").arg(format::number(rows)),
                 model_.scriptCount() == 1 ? tr("1 script") : tr("%1 scripts").arg(model_.scriptCount()));
    count_->setText(none ? QString() : withCut(counted, backend_.listCut(PagedList::workflows)));
    trigger_->setEnabled(!none);
    const bool nothingYet = none && state == LoadState::ready;
    offerSamples(state);
    const auto upload = backend_.support(Feature::uploadScript);
    hint_->setVisible(state == LoadState::ready && upload.available);
    if (state == LoadState::failed && model_.error())
        card_->empty()->showError(*model_.error(), tr("The workflows"),
                                  QStringLiteral("Workers Scripts Read"));
    else if (nothingYet)
        card_->empty()->show(EmptyState::Kind::nothingYet, tr("No workflows yet"),
                             upload.available
                                 ? tr("Drop a Worker project here, add a sample, or deploy with wrangler.")
                                 : upload.reason,
                             upload.available ? tr("Import Worker…") : QString());
    none && (nothingYet || state == LoadState::failed) ? card_->showEmpty() : card_->showList();
    fitTable();
}

/// The samples are for those who begin: they go with the first workflow that is no sample.
void WorkflowsPage::offerSamples(LoadState state) {
    QStringList names;
    bool begins = state == LoadState::ready && backend_.support(Feature::uploadScript).available;
    for (const auto& workflow : model_.workflows()) {
        names.push_back(QString::fromStdString(workflow.name));
        begins = begins && samples_->declares(names.back());
    }
    samples_->setKnown(names);
    samples_->setVisible(begins && !samples_->isEmpty());
}

void WorkflowsPage::fitTable() {
    constexpr int frame = 10;
    const int wanted =
        table_->horizontalHeader()->height() + model_.rowCount() * WorkflowDelegate::rowHeight + frame;
    constexpr int besideSamples = 220;
    if (card_->showsList() && model_.rowCount() > 0)
        card_->setMaximumHeight(wanted);
    else
        card_->setMaximumHeight(samples_->isHidden() ? QWIDGETSIZE_MAX : besideSamples);
}

void WorkflowsPage::showEvent(QShowEvent*) {
    model_.setActive(true);
    second_.start();
}

void WorkflowsPage::hideEvent(QHideEvent*) {
    model_.setActive(false);
    second_.stop();
}

}  // namespace stepwell
