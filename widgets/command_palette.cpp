#include "widgets/command_palette.h"

#include "widgets/controls.h"
#include "widgets/findings_model.h"

#include <QGraphicsDropShadowEffect>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

namespace stepwell {
namespace {
constexpr int sheetWidth = 560;
constexpr int shownRows = 9;
constexpr int restMs = 180;
}  // namespace

CommandPalette::CommandPalette(QWidget* window, Source source)
    : QFrame(window)
    , source_(std::move(source))
    , model_(new FindingsModel(this))
    , field_(new QLineEdit)
    , list_(new QListView)
    , none_(makeLabel(tr("Nothing found"), "mute")) {
    setObjectName("commandPalette");
    setProperty("kind", "card");
    field_->setPlaceholderText(tr("Find actions, workflows and instances"));
    field_->setAccessibleName(tr("Find anything"));
    field_->installEventFilter(this);
    list_->setModel(model_);
    list_->setItemDelegate(new FindingDelegate(list_));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMouseTracking(true);
    list_->setAccessibleName(tr("Found"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(6);
    layout->addWidget(field_);
    layout->addWidget(list_);
    layout->addWidget(none_);
    none_->setAlignment(Qt::AlignCenter);
    none_->setFixedHeight(FindingDelegate::rowHeight);
    auto* shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(36);
    shadow->setOffset(0, 10);
    shadow->setColor(QColor(0, 0, 0, 70));
    setGraphicsEffect(shadow);
    rest_.setSingleShot(true);
    rest_.setInterval(restMs);
    connect(&rest_, &QTimer::timeout, this, [this] { emit searchRequested(field_->text().trimmed()); });
    connect(field_, &QLineEdit::textChanged, this, [this] {
        refresh();
        rest_.start();
    });
    connect(list_, &QListView::clicked, this, [this](const QModelIndex& index) { runRow(index.row()); });
    window->installEventFilter(this);
    hide();
}

void CommandPalette::openSheet() {
    if (auto* focused = window()->focusWidget(); focused != field_) before_ = focused;
    field_->clear();
    refresh();
    place();
    show();
    raise();
    field_->setFocus(Qt::ShortcutFocusReason);
    emit searchRequested(QString());
}

void CommandPalette::refresh() {
    const QModelIndex was = list_->currentIndex();
    const QString wasTitle = was.isValid() ? textOf(was.row()) : QString();
    model_->set(source_(field_->text().trimmed()));
    int row = 0;
    if (was.row() > 0 && was.row() < count() && textOf(was.row()) == wasTitle) row = was.row();
    if (count() > 0) list_->setCurrentIndex(model_->index(row));
    list_->setVisible(count() > 0);
    none_->setVisible(count() == 0);
    place();
}

int CommandPalette::count() const {
    return model_->rowCount();
}

QString CommandPalette::textOf(int row) const {
    return model_->at(row).title;
}

std::optional<int> CommandPalette::fit(const QString& candidate, const QString& text) {
    int score = 0;
    for (const QString& word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto at = candidate.indexOf(word, 0, Qt::CaseInsensitive);
        if (at < 0) return std::nullopt;
        const bool wordStart = at == 0 || !candidate.at(at - 1).isLetterOrNumber();
        score += (wordStart ? 0 : 100) + static_cast<int>(at);
    }
    return score;
}

void CommandPalette::place() {
    const QRect window = parentWidget()->rect();
    const int width = std::min(sheetWidth, window.width() - 48);
    const int rows = std::clamp(count(), 1, shownRows);
    list_->setFixedHeight(rows * FindingDelegate::rowHeight);
    setFixedWidth(width);
    adjustSize();
    QFrame::move((window.width() - width) / 2, std::max(24, window.height() / 9));
}

void CommandPalette::move(int rows) {
    if (count() == 0) return;
    const int row = (list_->currentIndex().row() + rows + count()) % count();
    list_->setCurrentIndex(model_->index(row));
}

void CommandPalette::runRow(int row) {
    if (row < 0 || row >= count()) return;
    const auto run = model_->at(row).run;
    leave();
    if (run) run();
}

void CommandPalette::leave() {
    if (before_ && before_->isVisible()) before_->setFocus(Qt::OtherFocusReason);
    hide();
    emit putAway();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible()) place();
        if (event->type() == QEvent::MouseButtonPress && isVisible()) hide();
        return false;
    }
    if (event->type() == QEvent::FocusOut && isVisible() && window()->isActiveWindow()) hide();
    if (event->type() != QEvent::KeyPress) return false;
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Escape:
        leave();
        return true;
    case Qt::Key_Down:
        move(1);
        return true;
    case Qt::Key_Up:
        move(-1);
        return true;
    case Qt::Key_PageDown:
        move(std::min(shownRows, count() - 1 - list_->currentIndex().row()));
        return true;
    case Qt::Key_PageUp:
        move(-std::min(shownRows, list_->currentIndex().row()));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runRow(list_->currentIndex().row());
        return true;
    default:
        return false;
    }
}

}  // namespace stepwell
