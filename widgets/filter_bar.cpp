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

#include <algorithm>

namespace stepwell {
namespace {

using api::Status;

constexpr std::array<Status, 9> order = {Status::running,  Status::waiting,         Status::queued,
                                         Status::paused,   Status::errored,         Status::terminated,
                                         Status::complete, Status::waitingForPause, Status::rollingBack};

constexpr qsizetype longestShown = 60;     // of a status that we do not know
constexpr std::size_t longestOther = 200;  // of one in a link
constexpr std::size_t mostOthers = 8;

/// Passing states: their chips show up only while something is in them.
bool isPassing(std::optional<Status> status) {
    return status == Status::waitingForPause || status == Status::rollingBack;
}

}  // namespace

QString queryOf(const InstanceFilter& filter) {
    QStringList parts;
    if (filter.status) parts << QStringLiteral("status=") + toQt(api::toString(*filter.status));
    if (!filter.otherStatus.empty())
        parts << QStringLiteral("status=") +
                     QString::fromUtf8(QUrl::toPercentEncoding(toQt(filter.otherStatus)));
    if (filter.from) parts << QStringLiteral("from=") + toQt(api::toIso(*filter.from));
    if (filter.to) parts << QStringLiteral("to=") + toQt(api::toIso(*filter.to));
    return parts.join(QLatin1Char('&'));
}

InstanceFilter filterFrom(const QString& query) {
    const QUrlQuery parts(query);
    const auto value = [&](const char* key) {
        return parts.queryItemValue(QLatin1String(key), QUrl::FullyDecoded).toStdString();
    };
    InstanceFilter filter{api::statusFrom(value("status")), api::fromIso(value("from")),
                          api::fromIso(value("to"))};
    if (auto other = value("status"); !filter.status && other.size() <= longestOther)
        filter.otherStatus = std::move(other);
    return filter;
}

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , flow_(new FlowLayout(8))
    , range_(new Chip(tr("Any time"))) {
    addChip(std::nullopt);
    for (const auto status : order)
        addChip(status);
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
    layout->addLayout(flow_, 1);
    layout->addWidget(range_, 0, Qt::AlignTop);
    update();
}

void FilterBar::addChip(std::optional<Status> status, const std::string& other) {
    const bool isOther = !other.empty();
    auto* chip = new Chip(isOther  ? visibleText(toQt(other).left(longestShown))
                          : status ? statusWord({*status})
                                   : tr("All"));
    chip->setCheckable(true);
    if (status || isOther) chip->setShape(ShownStatus{status.value_or(Status::unknown)});
    if (isOther)
        chip->setToolTip(tr("This status is new to this version of Stepwell: it is shown as it came"));
    connect(chip, &QAbstractButton::clicked, this, [this, status, other] { choose(status, other); });
    chips_.push_back({status, other, chip});
    flow_->addWidget(chip);
}

/// Of statuses that are new to this program, behind the others.
void FilterBar::addOtherChips() {
    std::erase_if(chips_, [this](const StatusChip& chip) {
        const bool isNeeded =
            chip.other.empty() || others_.contains(chip.other) || met_.contains(chip.other) || isChosen(chip);
        if (!isNeeded) chip.chip->deleteLater();
        if (!isNeeded) chip.chip->hide();
        return !isNeeded;
    });
    const auto add = [this](const std::string& other) {
        const bool isThere = std::any_of(chips_.begin(), chips_.end(),
                                         [&](const StatusChip& chip) { return chip.other == other; });
        if (!isThere && chips_.size() < order.size() + 1 + mostOthers) addChip(std::nullopt, other);
    };
    if (!filter_.otherStatus.empty()) add(filter_.otherStatus);
    for (const auto& [other, count] : others_)
        add(other);
    for (const auto& other : met_)
        add(other);
}

bool FilterBar::isChosen(const StatusChip& chip) const {
    return chip.status == filter_.status && chip.other == filter_.otherStatus;
}

/// Counts are over all time: they say nothing of a range.
bool FilterBar::isCounted() const {
    return !(counts_.empty() && others_.empty()) && !filter_.from;
}

std::int64_t FilterBar::countOf(const StatusChip& chip) const {
    const auto in = [](const auto& counts, const auto& key) {
        const auto found = counts.find(key);
        return found == counts.end() ? std::int64_t{0} : found->second;
    };
    if (chip.status) return in(counts_, *chip.status);
    if (!chip.other.empty()) return in(others_, chip.other);
    std::int64_t all = 0;
    for (const auto& [status, count] : counts_)
        all += count;
    for (const auto& [other, count] : others_)
        all += count;
    return all;
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

void FilterBar::choose(std::optional<Status> status, const std::string& other) {
    filter_.status = status;
    filter_.otherStatus = other;
    update();
    emit changed(filter_);
}

void FilterBar::setCounts(const std::map<Status, std::int64_t>& counts,
                          const std::map<std::string, std::int64_t>& others) {
    counts_ = counts;
    others_ = others;
    update();
}

void FilterBar::offer(const std::set<std::string>& others) {
    if (others == met_) return;
    met_ = others;
    update();
}

void FilterBar::setShown(std::int64_t total, Total kind) {
    if (isCounted()) return;
    const bool isExact = kind == Total::exact;
    for (const auto& chip : chips_)
        if (isChosen(chip))
            chip.chip->setCount(isExact ? total : total - 1,
                                isExact ? Chip::Count::exact : Chip::Count::atLeast);
}

void FilterBar::update() {
    addOtherChips();
    for (const auto& entry : chips_) {
        const auto count = countOf(entry);
        // A status that was only met in the list is not among the counts: that is no zero.
        const bool isMet = !entry.other.empty() && !others_.contains(entry.other);
        entry.chip->setCount(isCounted() && !isMet ? std::optional(count) : std::nullopt);
        entry.chip->setChecked(isChosen(entry));
        entry.chip->setVisible(!isPassing(entry.status) || count > 0 || isChosen(entry));
    }
}

}  // namespace stepwell
