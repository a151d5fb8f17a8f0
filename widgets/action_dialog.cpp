#include "widgets/action_dialog.h"

#include "widgets/backends/production.h"
#include "widgets/controls.h"
#include "widgets/fitted_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScreen>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

constexpr int roomAround = 48;  ///< px of the window that stay beside a dialog that is bounded by it
constexpr int leastRoom = 420;

}  // namespace

ActionDialog::ActionDialog(const QString& title, const QString& verb, Look look, QWidget* parent)
    : QDialog(parent)
    , verbText_(verb)
    , heading_(new FittedLabel("title"))
    , shortHeading_(new ElidedLabel({}, Qt::ElideMiddle))
    , subtitle_(new ElidedLabel)
    , cancel_(makeButton(tr("Cancel")))
    , content_(new QWidget)
    , body_(new QVBoxLayout(content_))
    , footer_(new QHBoxLayout)
    , note_(makeLabel(QString(), "small"))
    , error_(new FittedLabel("error"))
    , verb_(makeButton(verb, look == Look::danger ? "danger" : "main")) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    setModal(true);
    shortHeading_->setProperty("kind", "title");
    shortHeading_->hide();
    subtitle_->setProperty("kind", "mute");
    setHeading(title);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->hide();
    connect(cancel_, &QPushButton::clicked, this, &QDialog::reject);
    connect(verb_, &QPushButton::clicked, this, [this] {
        if (production_ == nullptr || production_->isHidden() || production_->insist()) emit confirmed();
    });
    cancel_->setAutoDefault(true);
    verb_->setAutoDefault(true);
    (look == Look::danger ? cancel_ : verb_)->setDefault(true);
    auto* confirm = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(confirm, &QShortcut::activated, verb_, &QPushButton::click);

    body_->setSpacing(8);
    body_->setContentsMargins(16, 12, 16, 12);
    footer_->setContentsMargins(16, 12, 16, 12);
    footer_->setSpacing(8);
    note_->hide();
    subtitle_->hide();
    footer_->addWidget(error_, 1);
    footer_->addWidget(note_);
    footer_->addStretch(0);
    footer_->addWidget(cancel_);
    footer_->addWidget(verb_);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(16, 14, 16, 14);
    top->setSpacing(10);
    top->addWidget(heading_, 1);
    top->addWidget(shortHeading_);
    top->addWidget(subtitle_, 0, Qt::AlignBottom);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(top);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addWidget(content_, 1);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addLayout(footer_);
    setMinimumWidth(440);
    if (look == Look::danger) guardProduction();
}

/// A layout asks for more height than its hint when a label wraps; the dialog grows with what it says.
bool ActionDialog::event(QEvent* event) {
    const bool handled = QDialog::event(event);
    if (event->type() == QEvent::Resize && scroll_ != nullptr && height() != fitted_)
        scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    if (event->type() != QEvent::LayoutRequest && event->type() != QEvent::Show) return handled;
    if (scroll_ != nullptr) {
        layout()->activate();
        fitHeight();
    }
    if (!growsWithContent()) return handled;
    const int needed = layout()->totalHeightForWidth(width());
    if (height() < needed) resize(width(), needed);
    return handled;
}

void ActionDialog::boundHeight() {
    if (scroll_ != nullptr) return;
    auto* all = qobject_cast<QVBoxLayout*>(layout());
    scroll_ = new QScrollArea;
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    all->insertWidget(all->indexOf(content_), scroll_, 1);
    all->removeWidget(content_);
    content_->setProperty("kind", "clear");
    scroll_->setWidget(content_);
    content_->installEventFilter(this);
}

void ActionDialog::reveal(QWidget* part) {
    if (scroll_ == nullptr) return;
    // Once it has its place.
    QMetaObject::invokeMethod(
        this,
        [this, part = QPointer(part)] {
            if (part) scroll_->ensureWidgetVisible(part, 0, 12);
        },
        Qt::QueuedConnection);
}

bool ActionDialog::eventFilter(QObject* watched, QEvent* event) {
    const bool handled = QDialog::eventFilter(watched, event);
    if (watched == content_ && event->type() == QEvent::LayoutRequest)
        QMetaObject::invokeMethod(this, &ActionDialog::fitHeight, Qt::QueuedConnection);
    return handled;
}

/// As high as what it shows, and no higher than the window it belongs to, or the screen.
void ActionDialog::fitHeight() {
    if (scroll_ == nullptr || (fitted_ != 0 && height() != fitted_)) return;
    const int inside = content_->layout()->totalHeightForWidth(scroll_->width());
    const int around = height() - scroll_->height();
    int most = screen()->availableGeometry().height() - roomAround;
    if (parentWidget() != nullptr)
        most = std::min(most, std::max(parentWidget()->window()->height() - roomAround, leastRoom));
    // A bar that is there takes width, which may be what there is no room for: it would stay for its own
    // sake.
    const bool fits = inside + around <= most;
    scroll_->setVerticalScrollBarPolicy(fits ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    fitted_ = std::min(inside + around, most);
    resize(width(), fitted_);
    fitted_ = height();  // it may have a least one
    const QRect room = screen()->availableGeometry();
    if (const int lowest = std::max(room.top(), room.bottom() - height()); isVisible() && y() > lowest)
        move(x(), lowest);
}

void ActionDialog::guardProduction() {
    const auto production = productionOf(this);
    if (!production || production_ != nullptr) return;
    production_ = new ProductionQuestion(*production);
    auto* all = qobject_cast<QVBoxLayout*>(layout());
    all->insertWidget(all->indexOf(scroll_ != nullptr ? scroll_ : content_) + 1, production_);
    // Enter in its field is an answer like the verb's own button.
    connect(production_->field(), &QLineEdit::returnPressed, verb_, &QPushButton::click);
}

QPushButton* ActionDialog::addButton(const QString& text, const char* kind) {
    auto* button = makeButton(text, kind);
    button->setAutoDefault(true);
    footer_->insertWidget(footer_->indexOf(verb_), button);
    return button;
}

void ActionDialog::setHeading(const QString& title) {
    setWindowTitle(title);
    heading_->setWhole(title);
    shortHeading_->setText(title);
}

void ActionDialog::setVerb(const QString& verb) {
    verbText_ = verb;
    verb_->setText(verb);
}

void ActionDialog::setSubtitle(const QString& text) {
    subtitle_->setText(text);
    subtitle_->setVisible(!text.isEmpty());
    // Beside it the heading stays on one line, alone it wraps.
    heading_->setVisible(text.isEmpty());
    shortHeading_->setVisible(!text.isEmpty());
    auto* top = qobject_cast<QHBoxLayout*>(layout()->itemAt(0)->layout());
    top->setStretchFactor(subtitle_, text.isEmpty() ? 0 : 1);
}

void ActionDialog::setNote(const QString& text) {
    note_->setText(text);
    note_->setVisible(!text.isEmpty() && error_->isHidden());
}

void ActionDialog::setBusy(const QString& text, Body body) {
    error_->hide();
    if (body == Body::locked) {
        auto* focused = focusWidget();
        focusBefore_ = focused != nullptr && content_->isAncestorOf(focused) ? focused : nullptr;
        content_->setEnabled(false);
    }
    verb_->setText(text);
    verb_->setEnabled(false);
}

void ActionDialog::showError(const QString& reason) {
    error_->setWhole(reason);
    error_->show();
    note_->hide();
    content_->setEnabled(true);
    verb_->setText(verbText_);
    verb_->setEnabled(true);
    if (focusBefore_) focusBefore_->setFocus();
    focusBefore_ = nullptr;
}

void ActionDialog::clearError() {
    error_->hide();
    note_->setVisible(!note_->text().isEmpty());
}

QString ActionDialog::errorText() const {
    return error_->isHidden() ? QString() : error_->whole();
}

ActionDialog* askFirst(QWidget* parent, const Question& question, std::function<void()> yes) {
    auto* dialog = new ActionDialog(question.title, question.verb, ActionDialog::Look::danger, parent);
    auto* body = makeLabel(question.body);
    body->setWordWrap(true);
    dialog->body()->addWidget(body);
    dialog->setObjectName("confirmDialog");
    QObject::connect(dialog, &ActionDialog::confirmed, dialog, [dialog, yes = std::move(yes)] {
        dialog->accept();
        yes();
    });
    dialog->open();
    dialog->cancelButton()->setDefault(true);
    dialog->cancelButton()->setFocus(Qt::TabFocusReason);
    return dialog;
}

}  // namespace stepwell
