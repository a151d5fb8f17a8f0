#include "widgets/worker/secret_dialog.h"

#include "widgets/controls.h"

#include <QLineEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr int longestName = 255;
constexpr int longestText = 128 * 1024;

/// As code writes it: env.NAME.
bool isName(const QString& name) {
    static const QRegularExpression valid(QStringLiteral("^[A-Za-z_$][A-Za-z0-9_$]*$"));
    return valid.match(name).hasMatch();
}

}  // namespace

SecretDialog::SecretDialog(Backend& backend, const std::string& worker, const QString& name,
                           const QStringList& known, QWidget* parent)
    : ActionDialog(name.isEmpty() ? tr("Add a secret to %1").arg(QString::fromStdString(worker))
                                  : tr("Replace the secret %1").arg(name),
                   name.isEmpty() ? tr("Add secret") : tr("Replace secret"), Look::main, parent)
    , backend_(backend)
    , worker_(worker)
    , known_(known)
    , name_(new QLineEdit(name))
    , nameHint_(makeLabel(QString(), "small"))
    , text_(new QLineEdit) {
    setObjectName("secretDialog");
    guardProduction();
    name_->setProperty("kind", "mono");
    name_->setAccessibleName(tr("Name"));
    name_->setPlaceholderText(QStringLiteral("PAYMENT_KEY"));
    name_->setMaxLength(longestName);
    text_->setEchoMode(QLineEdit::Password);
    text_->setAccessibleName(tr("Text"));
    text_->setMaxLength(longestText);
    auto* nameLabel = makeLabel(tr("Name"), "small");
    nameLabel->setBuddy(name_);
    auto* textLabel = makeLabel(tr("Text"), "small");
    textLabel->setBuddy(text_);
    auto* hint = makeLabel(
        tr("The text goes to the backend and is shown nowhere again. The Worker and its workflows get a new "
           "version with it; instances that run keep theirs."),
        "small");
    hint->setWordWrap(true);
    if (name.isEmpty()) {
        body()->addWidget(nameLabel);
        body()->addWidget(name_);
        body()->addWidget(nameHint_);
    } else {
        name_->setParent(this);
        nameHint_->setParent(this);
        name_->hide();
    }
    nameHint_->hide();
    body()->addWidget(textLabel);
    body()->addWidget(text_);
    body()->addWidget(hint);
    connect(name_, &QLineEdit::textChanged, this, &SecretDialog::validate);
    connect(text_, &QLineEdit::textChanged, this, &SecretDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &SecretDialog::send);
    validate();
    (name.isEmpty() ? name_ : text_)->setFocus();
}

void SecretDialog::validate() {
    const QString name = name_->text();
    const bool fine = isName(name);
    const bool replaces = known_.contains(name);
    setLook(name_, "invalid", !fine && !name.isEmpty());
    setLook(nameHint_, "kind", fine || name.isEmpty() ? "small" : "error");
    nameHint_->setText(!fine && !name.isEmpty() ? tr("Letters, digits, _ and $, not starting with a digit")
                       : replaces               ? tr("It has a secret of this name: its text is replaced")
                                                : QString());
    nameHint_->setVisible(!name_->isHidden() && !nameHint_->text().isEmpty());
    setVerb(replaces ? tr("Replace secret") : tr("Add secret"));
    verbButton()->setEnabled(fine && !text_->text().isEmpty());
}

void SecretDialog::send() {
    const QString name = name_->text();
    setBusy(tr("Sending…"));
    backend_.putSecret(worker_, name.toStdString(), text_->text().toStdString(), this,
                       [this, name](const api::Result<void>& answer) {
                           if (!answer) return showError(QString::fromStdString(answer.error().message));
                           text_->clear();
                           emit saved(name);
                           accept();
                       });
}

}  // namespace stepwell
