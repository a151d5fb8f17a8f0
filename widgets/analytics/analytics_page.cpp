#include "widgets/analytics/analytics_page.h"

#include "models/text.h"
#include "widgets/analytics/cost_prices.h"
#include "widgets/analytics/plot_view.h"
#include "widgets/analytics/popover_chip.h"
#include "widgets/analytics/popovers.h"
#include "widgets/analytics/tile_row.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/list_cut.h"

#include <QEvent>
#include <QGridLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QUrlQuery>
#include <QVBoxLayout>

namespace stepwell::analytics {
namespace {

constexpr int between = 12;
constexpr int besideBar = 6;  // with the 10 of the scroll bar, the margin of a page
constexpr int leastCard = 330;
constexpr int columnsAtMost = 3;
constexpr int widestName = 26;  // characters of a chip

/// "orders, cart-reminder", "orders and 3 more", or what stands for all.
QString namesText(const QStringList& names, const QString& all) {
    if (names.isEmpty()) return all;
    const QString joined = names.join(QStringLiteral(", "));
    if (joined.size() <= widestName) return joined;
    const QString first = names.front().size() <= widestName
                              ? names.front()
                              : names.front().left(widestName - 1) + QStringLiteral("…");
    return names.size() == 1 ? first : QObject::tr("%1 and %2 more").arg(first).arg(names.size() - 1);
}

}  // namespace

AnalyticsPage::AnalyticsPage(Backend& backend, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , model_(backend)
    , workflows_(new PopoverChip(tr("All workflows")))
    , scripts_(new PopoverChip(tr("All scripts")))
    , compare_(new Chip(tr("Compare with day before")))
    , rangeChip_(new PopoverChip(tr("Last 24 hours")))
    , query_(makeButton(tr("Query")))
    , export_(makeButton(tr("Export")))
    , age_(new ElidedLabel)
    , rangePopover_(new RangePopover(this))
    , workflowsPopover_(new NamesPopover(tr("All workflows"), this))
    , scriptsPopover_(new NamesPopover(tr("All scripts"), this))
    , tiles_(new TileRow)
    , grid_(new QGridLayout)
    , scroll_(new QScrollArea)
    , empty_(new EmptyState)
    , stack_(new QStackedWidget) {
    setFocusPolicy(Qt::ClickFocus);
    layOut();
    connectHead();
    connect(&model_, &AnalyticsModel::changed, this, &AnalyticsPage::update);
    connect(tiles_, &TileRow::costRequested, this, [this] {
        if (const auto page = model_.data())
            emit costRequested(page->window.from, std::min(page->window.to, page->takenAt));
    });
    second_.setInterval(1000);
    renewing_.setSingleShot(true);
    renewing_.setInterval(0);
    connect(&renewing_, &QTimer::timeout, this, &AnalyticsPage::renewNext);
    connect(&second_, &QTimer::timeout, this, &AnalyticsPage::updateHead);
    empty_->setGlyph(Glyph::analytics);
    connect(empty_, &EmptyState::actionRequested, this, [this] {
        if (model_.error()) return reload();
        const bool narrowed = model_.filter() != PageFilter{};
        narrowed ? choose(model_.range(), {}, model_.compares())
                 : choose({Preset::last31Days}, {}, model_.compares());
    });
    update();
}

void AnalyticsPage::layOut() {
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, besideBar, 16);
    column->setSpacing(between);
    column->addWidget(tiles_);
    grid_->setSpacing(between);
    column->addLayout(grid_);
    column->addStretch(1);
    scroll_->setWidget(inside);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    scroll_->verticalScrollBar()->setSingleStep(40);
    scroll_->viewport()->installEventFilter(this);
    auto* card = stepwell::makeCard();
    auto* within = new QVBoxLayout(card);
    within->addWidget(empty_);
    auto* around = new QWidget;
    auto* margins = new QVBoxLayout(around);
    margins->setContentsMargins(0, 0, 16, 16);
    margins->addWidget(card);
    stack_->addWidget(scroll_);
    stack_->addWidget(around);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 0, 0);
    layout->setSpacing(between);
    layout->addWidget(makeHead());
    layout->addWidget(age_);
    layout->addWidget(stack_, 1);
    age_->setProperty("kind", "small");
    age_->hide();
}

QWidget* AnalyticsPage::makeHead() {
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 16, 0);
    row->setSpacing(8);
    row->addWidget(makeLabel(tr("Analytics"), "title"));
    row->addWidget(workflows_);
    row->addWidget(scripts_);
    row->addStretch(1);
    row->addWidget(compare_);
    row->addWidget(rangeChip_);
    row->addWidget(query_);
    row->addWidget(export_);
    compare_->setCheckable(true);
    workflows_->setAccessibleDescription(tr("Workflows that are counted"));
    scripts_->setAccessibleDescription(tr("Sites and scripts that are counted"));
    rangeChip_->setAccessibleDescription(tr("Time that is shown"));
    query_->setToolTip(tr("The GraphQL query behind this page"));
    export_->setToolTip(tr("This page as a PDF report; single charts have their own menu"));
    return head;
}

void AnalyticsPage::connectHead() {
    connect(rangeChip_, &QAbstractButton::clicked, this, [this] {
        rangePopover_->setRange(model_.range(), format::now());
        rangePopover_->setLimits(model_.facts() ? model_.facts()->limits : Limits{}, format::now());
        rangePopover_->openBelow(rangeChip_);
    });
    connect(rangePopover_, &RangePopover::chosen, this,
            [this](const Range& range) { choose(range, model_.filter(), model_.compares()); });
    connect(workflows_, &QAbstractButton::clicked, this, [this] { openNames(workflows_); });
    connect(scripts_, &QAbstractButton::clicked, this, [this] { openNames(scripts_); });
    connect(workflowsPopover_, &NamesPopover::changed, this, [this](const QStringList& names) {
        choose(model_.range(), {names, model_.filter().scripts}, model_.compares());
    });
    connect(scriptsPopover_, &NamesPopover::changed, this, [this](const QStringList& names) {
        choose(model_.range(), {model_.filter().workflows, names}, model_.compares());
    });
    connect(compare_, &QAbstractButton::clicked, this,
            [this](bool on) { choose(model_.range(), model_.filter(), on); });
    connect(query_, &QPushButton::clicked, this, [this] {
        if (model_.data()) emit queryRequested(model_.data()->query, tr("Analytics"));
    });
    connect(export_, &QPushButton::clicked, this, &AnalyticsPage::reportRequested);
}

void AnalyticsPage::choose(const Range& range, const PageFilter& filter, bool compare) {
    const QString before = choice();
    model_.choose(range, filter, compare);
    if (choice() != before) emit chosen(choice());
}

QString AnalyticsPage::choice() const {
    QUrlQuery query;
    const auto add = [&](const char* key, const QString& value) {
        query.addQueryItem(QLatin1String(key), QString::fromLatin1(QUrl::toPercentEncoding(value)));
    };
    if (model_.range() != Range{}) add("range", rangeKey(model_.range()));
    for (const auto& name : model_.filter().workflows)
        add("workflow", name);
    for (const auto& name : model_.filter().scripts)
        add("script", name);
    if (model_.compares()) add("compare", QStringLiteral("1"));
    return query.toString(QUrl::FullyEncoded);
}

void AnalyticsPage::setChoice(const QString& choice) {
    if (choice == this->choice()) return;
    const QUrlQuery query(choice);
    PageFilter filter;
    for (const auto& name : query.allQueryItemValues(QStringLiteral("workflow"), QUrl::FullyDecoded))
        filter.workflows.append(name);
    for (const auto& name : query.allQueryItemValues(QStringLiteral("script"), QUrl::FullyDecoded))
        filter.scripts.append(name);
    const auto range = rangeFrom(query.queryItemValue(QStringLiteral("range"), QUrl::FullyDecoded));
    model_.choose(range.value_or(Range{}), filter, query.hasQueryItem(QStringLiteral("compare")));
}

void AnalyticsPage::openNames(Chip* chip) {
    const bool ofWorkflows = chip == workflows_;
    auto* popover = ofWorkflows ? workflowsPopover_ : scriptsPopover_;
    popover->setNames(ofWorkflows ? workflowNames_ : scriptNames_,
                      ofWorkflows ? model_.filter().workflows : model_.filter().scripts);
    popover->setNote(ofWorkflows ? cutSentence(tr("workflows"), backend_.listCut(PagedList::workflows))
                                 : cutSentence(tr("sites"), backend_.listCut(PagedList::sites)));
    popover->openBelow(chip);
}

void AnalyticsPage::askNames() {
    backend_.workflows(this, [this](const auto& answer) {
        if (!answer) return;
        workflowNames_.clear();
        for (const auto& workflow : *answer)
            workflowNames_.append(toQt(workflow.name));
        updateHead();
    });
    scriptNames_.clear();
    const auto add = [this](const std::string& name) {
        if (!scriptNames_.contains(toQt(name))) scriptNames_.append(toQt(name));
        scriptNames_.sort(Qt::CaseInsensitive);
    };
    backend_.siteProjects(this, [this, add](const auto& answer) {
        if (!answer) return;
        for (const auto& site : *answer)
            add(site.name);
        updateHead();
    });
    backend_.workers(this, [this, add](const auto& answer) {
        if (!answer) return;
        for (const auto& worker : *answer)
            add(worker.name);
        updateHead();
    });
}

void AnalyticsPage::reload() {
    askNames();
    model_.refresh();
}

void AnalyticsPage::focusMain() {
    if (stack_->currentIndex() == 1 && !empty_->button()->isHidden()) return empty_->button()->setFocus();
    // Nothing else may take the keys while there is nothing to scroll yet.
    stack_->currentIndex() == 0 ? scroll_->setFocus() : setFocus();
}

QString AnalyticsPage::rangeText() const {
    const auto shown = model_.data();
    return shown ? spanText(shown->window.from, std::min(shown->window.to, shown->takenAt))
                 : rangeWords(model_.range());
}

QString AnalyticsPage::filterText() const {
    return (model_.filter().workflows + model_.filter().scripts).join(QStringLiteral(", "));
}

Report AnalyticsPage::report() const {
    Report report;
    report.title = tr("Analytics");
    report.range = rangeText();
    report.filters = filterText();
    report.backend = backend_.name();
    report.made = format::now();
    for (const auto* tile : tiles_->tiles())
        report.tiles.push_back({tile->text(), tile->value(), tile->change()});
    for (const auto* card : cards_)
        report.charts.push_back(card->chart());
    return report;
}

void AnalyticsPage::showCost() {
    const auto& shown = model_.data();
    if (!shown || !shown->usage) return tiles_->setCost({}, {});
    const Bill bill = billOf(savedPrices(), *shown->usage);
    tiles_->setCost(bill.scale > 0 ? tr("%1 / month").arg(toQt(moneyText(bill.paid()))) : QString(),
                    shown->filter != PageFilter{} ? tr("if these were all")
                    : bill.fitsFree()             ? tr("free plan: $0")
                                                  : tr("more than the free plan"));
}

void AnalyticsPage::update() {
    updateHead();
    if (model_.data()) {
        tiles_->show(*model_.data());
        showCost();
        updateCards();
    }
    updateEmpty();
}

void AnalyticsPage::updateHead() {
    const auto& filter = model_.filter();
    const auto show = [](Chip* chip, const QString& text, bool tinted) {
        static_cast<PopoverChip*>(chip)->tell(text, tinted);
    };
    show(workflows_, namesText(filter.workflows, tr("All workflows")), !filter.workflows.isEmpty());
    show(scripts_, namesText(filter.scripts, tr("All scripts")), !filter.scripts.isEmpty());
    show(rangeChip_, rangeWords(model_.range()), true);
    scripts_->setVisible(!scriptNames_.isEmpty() || !filter.scripts.isEmpty());
    const QString compare = tr("Compare with %1").arg(beforeWords(model_.range()));
    compare_->setChecked(model_.compares());
    if (compare_->text() != compare) {
        compare_->setText(compare);
        compare_->setAccessibleName(compare);
        compare_->updateGeometry();
    }
    const auto& shown = model_.data();
    query_->setEnabled(shown != nullptr);
    export_->setEnabled(shown != nullptr);
    QString words;
    if (shown && model_.isLoading() && model_.isStale())
        words = tr("Counting…");
    else if (shown && model_.error())
        words = tr("These numbers are of %1. They could not be read anew: %2")
                    .arg(format::relative(shown->takenAt, format::now()), toQt(model_.error()->message));
    else if (shown && shown->window.cut)
        words = tr("The backend keeps less than was chosen: shown is %1.").arg(rangeText());
    else if (shown && shown->estimated)
        words = tr("The backend counted samples: the numbers are estimates.");
    setLook(age_, "kind", model_.error() ? "error" : "small");
    age_->setText(words);
    age_->setVisible(!words.isEmpty());
}

ChartCard* AnalyticsPage::makeCard() {
    auto* card = new ChartCard;
    connect(card, &ChartCard::queryRequested, this,
            [this, card](const GraphqlQuery& query) { emit queryRequested(query, card->chart()->title); });
    connect(card, &ChartCard::exportRequested, this,
            [this, card](FileKind kind) { emit exportRequested(card, kind); });
    connect(card, &ChartCard::rangePicked, this, [this](api::Time from, api::Time to) {
        Range range;
        range.from = from;
        range.to = to;
        choose(range, model_.filter(), model_.compares());
    });
    connect(card, &ChartCard::spotChosen, this, &AnalyticsPage::drill);
    return card;
}

/// Charts of the same place keep their card, and with it what is toggled off.
void AnalyticsPage::updateCards() {
    const auto& charts = model_.data()->charts;
    QList<ChartCard*> free = cards_ + spare_;
    renewals_.clear();
    QList<ChartCard*> wanted;
    for (const auto& chart : charts) {
        const auto same = std::find_if(free.begin(), free.end(),
                                       [&](auto* card) { return card->chart()->id == chart->id; });
        auto* card = same == free.end() ? makeCard() : *same;
        if (same != free.end()) free.erase(same);
        card->setNothing(tr("Nothing in this time"));
        card->setDrillable(leadsOn(chart->id));
        if (cards_.contains(card))
            renewals_.push_back({card, chart});
        else
            card->setChart(chart);
        wanted.append(card);
    }
    if (!renewals_.empty()) renewing_.start();
    const bool same = wanted == cards_;
    cards_ = wanted;
    spare_ = free;
    if (same) return;
    for (auto* card : spare_)
        card->hide();
    columns_ = 0;
    arrange();
}

/// A card a turn: to lay out all charts of a month takes longer than a frame may.
void AnalyticsPage::renewNext() {
    if (renewals_.empty()) return;
    const auto next = std::move(renewals_.front());
    renewals_.erase(renewals_.begin());
    if (!renewals_.empty()) renewing_.start();
    next.card->setChart(next.chart);
}

void AnalyticsPage::updateEmpty() {
    const auto& shown = model_.data();
    const bool nothing = shown && !shown->hasData() && !model_.isLoading();
    if (!shown && model_.error() && model_.error()->code == api::code::noRoute) {
        empty_->show(EmptyState::Kind::failed, tr("This backend tells no analytics"),
                     tr("%1 It is %2. Analytics need a Stepwell engine, or Cloudflare.")
                         .arg(toQt(model_.error()->message), backend_.name()),
                     tr("Try again"));
    } else if (!shown && model_.error()) {
        empty_->showError(*model_.error(), tr("The analytics"), QStringLiteral("Account Analytics Read"));
    } else if (nothing && model_.filter() != PageFilter{}) {
        empty_->show(EmptyState::Kind::filteredOut, tr("Nothing matches in this time"),
                     tr("%1: nothing of %2 was counted.").arg(rangeText(), filterText()),
                     tr("Clear the filters"));
    } else if (nothing) {
        const bool longest = model_.range() == Range{Preset::last31Days};
        empty_->show(EmptyState::Kind::nothingYet,
                     longest ? tr("Nothing has run yet") : tr("Nothing ran in this time"),
                     longest ? tr("Trigger a workflow or open a site: what it does is counted here.")
                             : rangeText(),
                     longest ? QString() : tr("Show the last 31 days"));
    } else if (!shown) {
        empty_->show(EmptyState::Kind::nothingYet, tr("Counting…"), {}, {});
    }
    stack_->setCurrentIndex(!shown || nothing ? 1 : 0);
    if (hasFocus()) focusMain();
}

void AnalyticsPage::arrange() {
    const int room = scroll_->viewport()->width() - besideBar;
    const int fit = std::clamp((room + between) / (leastCard + between), 1, columnsAtMost);
    const int columns = room < 1700 ? std::min(fit, 2) : fit;
    if (columns == columns_) return;
    columns_ = columns;
    while (auto* item = grid_->takeAt(0))
        delete item;
    for (int i = 0; i < cards_.size(); ++i) {
        grid_->addWidget(cards_[i], i / columns, i % columns);
        cards_[i]->show();
    }
    for (int i = 0; i < columnsAtMost; ++i)
        grid_->setColumnStretch(i, i < columns ? 1 : 0);
}

bool AnalyticsPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == scroll_->viewport() && event->type() == QEvent::Resize) arrange();
    return Page::eventFilter(watched, event);
}

void AnalyticsPage::showEvent(QShowEvent*) {
    model_.setFocused(isActiveWindow());
    askNames();
    model_.setActive(true);
    second_.start();
}

void AnalyticsPage::hideEvent(QHideEvent*) {
    model_.setActive(false);
    second_.stop();
}

void AnalyticsPage::changeEvent(QEvent* event) {
    Page::changeEvent(event);
    if (event->type() == QEvent::ActivationChange) model_.setFocused(isActiveWindow());
}

}  // namespace stepwell::analytics
