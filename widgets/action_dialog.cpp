#include "widgets/action_dialog.h"

#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QShortcut>
#include <QVBoxLayout>

namespace stepwell {

ActionDialog::ActionDialog(const QString& title, const QString& verb, Look look, QWidget* parent)
    : QDialog(parent)
    , verbText_(verb)
    , heading_(makeLabel(title, "title"))
    , cancel_(makeButton(tr("Cancel")))
    , body_(new QVBoxLayout)
    , error_(makeLabel(QString(), "error"))
    , verb_(makeButton(verb, look == Look::danger ? "danger" : "main")) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    setModal(true);
    heading_->setWordWrap(true);
    error_->setWordWrap(true);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->hide();
    connect(cancel_, &QPushButton::clicked, this, &QDialog::reject);
    connect(verb_, &QPushButton::clicked, this, &ActionDialog::confirmed);
    auto* confirm = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(confirm, &QShortcut::activated, verb_, &QPushButton::click);

    body_->setSpacing(8);
    body_->setContentsMargins(16, 12, 16, 12);
    auto* footer = new QHBoxLayout;
    footer->setContentsMargins(16, 12, 16, 12);
    footer->setSpacing(8);
    footer->addWidget(error_, 1);
    footer->addStretch(0);
    footer->addWidget(cancel_);
    footer->addWidget(verb_);
    heading_->setContentsMargins(16, 14, 16, 14);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(heading_);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addLayout(body_, 1);
    all->addWidget(makeLine(Qt::Horizontal));
    all->addLayout(footer);
    setMinimumWidth(440);
}

void ActionDialog::setHeading(const QString& title) {
    setWindowTitle(title);
    heading_->setText(title);
}

void ActionDialog::setVerb(const QString& verb) {
    verbText_ = verb;
    verb_->setText(verb);
}

void ActionDialog::setBusy(const QString& text) {
    error_->hide();
    verb_->setText(text);
    verb_->setEnabled(false);
}

void ActionDialog::showError(const QString& reason) {
    error_->setText(reason);
    error_->show();
    verb_->setText(verbText_);
    verb_->setEnabled(true);
}

QString ActionDialog::errorText() const {
    return error_->isHidden() ? QString() : error_->text();
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
    dialog->verbButton()->setDefault(true);
    dialog->verbButton()->setFocus(Qt::TabFocusReason);
    return dialog;
}

}  // namespace stepwell
