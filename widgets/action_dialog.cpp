#include "widgets/action_dialog.h"

#include "widgets/backends/production.h"
#include "widgets/controls.h"
#include "widgets/fitted_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QVBoxLayout>

namespace stepwell {

ActionDialog::ActionDialog(const QString& title, const QString& verb, Look look, QWidget* parent)
    : QDialog(parent)
    , verbText_(verb)
    , heading_(makeLabel(title, "title"))
    , subtitle_(makeLabel(QString(), "mute"))
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
    heading_->setWordWrap(true);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->hide();
    connect(cancel_, &QPushButton::clicked, this, &QDialog::reject);
    connect(verb_, &QPushButton::clicked, this, [this] {
        if (production_ == nullptr || production_->isHidden() || production_->isAnswered()) emit confirmed();
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
    if (event->type() != QEvent::LayoutRequest && event->type() != QEvent::Show) return handled;
    if (!growsWithContent()) return handled;
    const int needed = layout()->totalHeightForWidth(width());
    if (height() < needed) resize(width(), needed);
    return handled;
}

void ActionDialog::guardProduction() {
    const auto production = productionOf(this);
    if (!production || production_ != nullptr) return;
    production_ = new ProductionQuestion(*production);
    auto* all = qobject_cast<QVBoxLayout*>(layout());
    all->insertWidget(all->indexOf(content_) + 1, production_);
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
    heading_->setText(title);
}

void ActionDialog::setVerb(const QString& verb) {
    verbText_ = verb;
    verb_->setText(verb);
}

void ActionDialog::setSubtitle(const QString& text) {
    subtitle_->setText(text);
    subtitle_->setVisible(!text.isEmpty());
    heading_->setWordWrap(text.isEmpty());
    auto* top = qobject_cast<QHBoxLayout*>(layout()->itemAt(0)->layout());
    top->setStretch(0, text.isEmpty() ? 1 : 0);
    top->setStretch(1, text.isEmpty() ? 0 : 1);
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
