#include "widgets/analytics/popovers.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/format.h"

#include <QDateTimeEdit>
#include <QGridLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QVBoxLayout>

namespace stepwell::analytics {
namespace {

constexpr int inset = 12;
constexpr int searchFrom = 8;  // names; fewer are seen at once
constexpr int rowsAtMost = 10;
constexpr int rowHeight = 26;
constexpr int popoverWidth = 260;

QDateTimeEdit* makeStamp(const QString& name) {
    auto* edit = new QDateTimeEdit;
    edit->setDisplayFormat(QStringLiteral("d MMM yyyy  HH:mm"));
    edit->setTimeSpec(Qt::LocalTime);
    edit->setButtonSymbols(QAbstractSpinBox::NoButtons);
    edit->setAccessibleName(name);
    return edit;
}

}  // namespace

Popover::Popover(QWidget* parent)
    : QFrame(parent, Qt::Popup | Qt::FramelessWindowHint) {
    setAttribute(Qt::WA_TranslucentBackground);
    setAttribute(Qt::WA_WindowPropagation);
}

void Popover::openBelow(QWidget* anchor) {
    adjustSize();
    const QRect room = anchor->screen()->availableGeometry();
    QPoint corner = anchor->mapToGlobal(QPoint(0, anchor->height() + 4));
    const QRect window(anchor->window()->mapToGlobal(QPoint()), anchor->window()->size());
    const int right = std::min(room.right(), window.right()) - 8;
    if (corner.x() + width() > right)
        corner.setX(anchor->mapToGlobal(QPoint(anchor->width(), 0)).x() - width());
    move(std::max(room.left(), corner.x()), std::min(corner.y(), std::max(0, room.bottom() - height())));
    show();
    focusProxy() != nullptr ? setFocus() : static_cast<void>(focusNextChild());
}

void Popover::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(Token::line));
    painter.setBrush(theme.color(Token::surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

RangePopover::RangePopover(QWidget* parent)
    : Popover(parent)
    , from_(makeStamp(tr("From")))
    , to_(makeStamp(tr("To")))
    , note_(makeLabel(QString(), "small"))
    , problem_(makeLabel(QString(), "error"))
    , apply_(makeButton(tr("Show this time"))) {
    setObjectName("rangePopover");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(inset, inset, inset, inset);
    layout->setSpacing(4);
    for (const auto preset : presets) {
        auto* button = makeButton(rangeWords({preset}), "segment");
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(button, &QPushButton::clicked, this, [this, preset] {
            hide();
            emit chosen(Range{preset});
        });
        presets_.append(button);
        layout->addWidget(button);
    }
    layout->addSpacing(4);
    layout->addWidget(makeLine(Qt::Horizontal));
    layout->addSpacing(4);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->addWidget(makeLabel(tr("From"), "small"), 0, 0);
    grid->addWidget(from_, 0, 1);
    grid->addWidget(makeLabel(tr("To"), "small"), 1, 0);
    grid->addWidget(to_, 1, 1);
    grid->setColumnStretch(1, 1);
    layout->addLayout(grid);
    layout->addWidget(problem_);
    layout->addWidget(note_);
    note_->setWordWrap(true);
    problem_->setWordWrap(true);
    apply_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    layout->addSpacing(2);
    layout->addWidget(apply_);
    connect(apply_, &QPushButton::clicked, this, &RangePopover::apply);
    connect(from_, &QDateTimeEdit::dateTimeChanged, this, &RangePopover::check);
    connect(to_, &QDateTimeEdit::dateTimeChanged, this, &RangePopover::check);
    note_->setText(tr("Local time, at most 31 days. Dragging over a chart chooses a range too."));
}

void RangePopover::setRange(const Range& range, api::Time now) {
    for (std::size_t i = 0; i < presets.size(); ++i)
        presets_[static_cast<qsizetype>(i)]->setChecked(!range.isAbsolute() && range.preset == presets.at(i));
    const auto window = windowOf(range, now);
    from_->setDateTime(toQt(range.from.value_or(window.from)).toLocalTime());
    to_->setDateTime(toQt(range.to.value_or(std::min(window.to, now))).toLocalTime());
    check();
}

void RangePopover::setLimits(const Limits& limits, api::Time now) {
    if (limits.oldest) from_->setMinimumDateTime(toQt(now - *limits.oldest).toLocalTime());
    using namespace std::chrono_literals;
    for (std::size_t i = 0; i < presets.size(); ++i) {
        const bool cut = windowOf({presets.at(i)}, now, limits).cut;
        presets_[static_cast<qsizetype>(i)]->setToolTip(
            cut ? tr("The backend allows less than that: what it allows is shown") : QString());
    }
}

void RangePopover::check() {
    const auto from = format::timeOf(from_->dateTime());
    const auto to = format::timeOf(to_->dateTime());
    using namespace std::chrono_literals;
    problem_->setText(from >= to             ? tr("It ends before it begins.")
                      : to - from > 24h * 31 ? tr("It is longer than 31 days.")
                                             : QString());
    problem_->setVisible(!problem_->text().isEmpty());
    apply_->setEnabled(problem_->text().isEmpty());
    adjustSize();
}

void RangePopover::apply() {
    Range range;
    range.from = format::timeOf(from_->dateTime());
    range.to = format::timeOf(to_->dateTime());
    hide();
    emit chosen(range);
}

NamesPopover::NamesPopover(const QString& all, QWidget* parent)
    : Popover(parent)
    , search_(new QLineEdit)
    , list_(new QListWidget)
    , note_(makeLabel(QString(), "small"))
    , all_(makeButton(all)) {
    search_->setPlaceholderText(tr("Filter"));
    search_->setClearButtonEnabled(true);
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setTextElideMode(Qt::ElideMiddle);
    list_->setAccessibleName(all);
    all_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(inset, inset, inset, inset);
    layout->setSpacing(8);
    layout->addWidget(search_);
    layout->addWidget(list_);
    layout->addWidget(note_);
    layout->addWidget(all_);
    note_->setObjectName("namesNote");
    note_->setWordWrap(true);
    note_->hide();
    setFixedWidth(popoverWidth);
    setFocusProxy(list_);
    connect(search_, &QLineEdit::textChanged, this, &NamesPopover::narrow);
    connect(list_, &QListWidget::itemChanged, this, &NamesPopover::tell);
    // A click beside the box toggles it too; one on the box has done so before it counts as a click.
    connect(list_, &QListWidget::itemPressed, this, [this] { toggled_ = false; });
    connect(list_, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
        if (!toggled_) item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(all_, &QPushButton::clicked, this, [this] {
        filling_ = true;
        for (int i = 0; i < list_->count(); ++i)
            list_->item(i)->setCheckState(Qt::Unchecked);
        filling_ = false;
        hide();
        emit changed({});
    });
}

void NamesPopover::setNames(const QStringList& names, const QStringList& chosen) {
    filling_ = true;
    list_->clear();
    QStringList shown = names;
    for (const auto& name : chosen)  // one that is gone can still be taken away
        if (!shown.contains(name)) shown.append(name);
    for (const auto& name : shown) {
        auto* item = new QListWidgetItem(name, list_);  // the list owns it
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(chosen.contains(name) ? Qt::Checked : Qt::Unchecked);
        item->setSizeHint({0, rowHeight});
    }
    search_->setVisible(shown.size() >= searchFrom);
    search_->clear();
    const auto rows = std::clamp<qsizetype>(shown.size(), 1, rowsAtMost);
    list_->setFixedHeight(static_cast<int>(rows) * rowHeight + 4);
    if (list_->count() > 0) list_->setCurrentRow(0);
    filling_ = false;
}

void NamesPopover::setNote(const QString& text) {
    note_->setText(text);
    note_->setVisible(!text.isEmpty());
}

QStringList NamesPopover::chosen() const {
    QStringList names;
    for (int i = 0; i < list_->count(); ++i)
        if (list_->item(i)->checkState() == Qt::Checked) names.append(list_->item(i)->text());
    return names;
}

void NamesPopover::narrow(const QString& text) {
    for (int i = 0; i < list_->count(); ++i)
        list_->item(i)->setHidden(!list_->item(i)->text().contains(text, Qt::CaseInsensitive));
}

void NamesPopover::tell() {
    toggled_ = true;
    if (!filling_) emit changed(chosen());
}

}  // namespace stepwell::analytics
