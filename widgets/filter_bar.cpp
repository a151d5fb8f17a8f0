#include "widgets/filter_bar.h"

#include "models/analytics/chart.h"
#include "models/text.h"
#include "models/visible_text.h"
#include "widgets/controls.h"
#include "widgets/flow_layout.h"
#include "widgets/format.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QUrlQuery>

namespace stepwell {
namespace {

using api::Status;

constexpr std::array<Status, 9> order = {Status::running,  Status::waiting,         Status::queued,
                                         Status::paused,   Status::errored,         Status::terminated,
                                         Status::complete, Status::waitingForPause, Status::rollingBack};

constexpr qsizetype longestOther = 60;
constexpr std::size_t mostOthers = 8;

/// Passing states: their chips show up only while something is in them.
bool isPassing(std::optional<Status> status) {
    return status == Status::waitingForPause || status == Status::rollingBack;
}

}  // namespace

QString queryOf(const InstanceFilter& filter) {
    QStringList parts;
    if (filter.status) parts << QStringLiteral("status=") + toQt(api::toString(*filter.status));
    if (filter.from) parts << QStringLiteral("from=") + toQt(api::toIso(*filter.from));
    if (filter.to) parts << QStringLiteral("to=") + toQt(api::toIso(*filter.to));
    return parts.join(QLatin1Char('&'));
}

InstanceFilter filterFrom(const QString& query) {
    const QUrlQuery parts(query);
    const auto value = [&](const char* key) {
        return parts.queryItemValue(QLatin1String(key), QUrl::FullyDecoded).toStdString();
    };
    return {api::statusFrom(value("status")), api::fromIso(value("from")), api::fromIso(value("to"))};
}

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , range_(new Chip(tr("Any time"))) {
    auto* chips = new FlowLayout(8);
    flow_ = chips;
    addChip(std::nullopt, chips);
    for (const auto status : order)
        addChip(status, chips);
    auto* menu = new QMenu(this);
    addRange(menu, tr("Any time"), std::nullopt);
    addRange(menu, tr("Last hour"), std::chrono::hours(1));
    addRange(menu, tr("Last 24 hours"), std::chrono::hours(24));
    addRange(menu, tr("Last 7 days"), std::chrono::hours(24 * 7));
    addRange(menu, tr("Last 30 days"), std::chrono::hours(24 * 30));
    range_->setMenu(menu);
    range_->setObjectName("rangeMenu");
    range_->setAccessibleDescription(tr("Created"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(chips, 1);
    layout->addWidget(range_, 0, Qt::AlignTop);
    update();
}

void FilterBar::addChip(std::optional<Status> status, QLayout* layout) {
    auto* chip = new Chip(status ? statusWord({*status}) : tr("All"));
    chip->setCheckable(true);
    if (status) chip->setShape(ShownStatus{*status});
    connect(chip, &QAbstractButton::clicked, this, [this, status] { choose(status); });
    chips_.push_back({status, chip});
    layout->addWidget(chip);
}

void FilterBar::addRange(QMenu* menu, const QString& text, std::optional<std::chrono::hours> span) {
    connect(menu->addAction(text), &QAction::triggered, this, [this, text, span] {
        filter_.from = span ? std::optional(format::now() - *span) : std::nullopt;
        filter_.to.reset();
        range_->setText(text);
        range_->setAccessibleName(text);
        range_->updateGeometry();
        update();
        emit changed(filter_);
    });
}

void FilterBar::setFilter(const InstanceFilter& filter) {
    filter_ = filter;
    nameRange();
    update();
}

/// Of a filter from outside; what the menu chose has the menu's words.
void FilterBar::nameRange() {
    const QString words = filter_.from && filter_.to
                              ? tr("Created %1").arg(analytics::spanText(*filter_.from, *filter_.to))
                          : filter_.from ? tr("Since %1").arg(format::relative(*filter_.from, format::now()))
                                         : tr("Any time");
    range_->setText(words);
    range_->setAccessibleName(words);
    range_->updateGeometry();
}

void FilterBar::addTrailing(QWidget* control) {
    static_cast<QHBoxLayout*>(layout())->addWidget(control, 0, Qt::AlignTop);
}

void FilterBar::clear() {
    setFilter({});
    emit changed(filter_);
}

void FilterBar::choose(std::optional<Status> status) {
    filter_.status = status;
    update();
    emit changed(filter_);
}

void FilterBar::setCounts(const std::map<Status, std::int64_t>& counts,
                          const std::map<std::string, std::int64_t>& others) {
    counts_ = counts;
    showOthers(others);
    update();
}

/// Statuses that are new to this program, as they came, behind the others.
void FilterBar::showOthers(const std::map<std::string, std::int64_t>& others) {
    for (auto* chip : others_)
        delete chip;
    others_.clear();
    otherCount_ = 0;
    for (const auto& [status, count] : others) {
        otherCount_ += count;
        if (others_.size() >= mostOthers) continue;
        auto* chip = new Chip(visibleText(toQt(status).left(longestOther)));
        chip->setShape(ShownStatus{});
        chip->setCount(count);
        chip->setEnabled(false);
        chip->setToolTip(
            tr("This status is new to this version of Stepwell: the list cannot be narrowed to it"));
        flow_->addWidget(chip);
        others_.push_back(chip);
    }
}

void FilterBar::setShown(std::int64_t total) {
    if (!filter_.from) return;
    for (const auto& [status, chip] : chips_)
        if (status == filter_.status) chip->setCount(total);
}

void FilterBar::update() {
    std::int64_t all = otherCount_;
    for (const auto& [status, count] : counts_)
        all += count;
    for (const auto& [status, chip] : chips_) {
        const auto found = status ? counts_.find(*status) : counts_.end();
        const std::int64_t count = !status ? all : (found == counts_.end() ? 0 : found->second);
        const bool known = !counts_.empty() && !filter_.from;
        chip->setCount(known ? std::optional(count) : std::nullopt);
        chip->setChecked(status == filter_.status);
        chip->setVisible(!isPassing(status) || count > 0 || status == filter_.status);
    }
}

}  // namespace stepwell
