#include "widgets/connect_dialog.h"

#include "widgets/controls.h"

#include <QLineEdit>
#include <QVBoxLayout>

namespace stepwell {
namespace {

QLineEdit* addField(QVBoxLayout* body, const QString& label, const QString& value,
                    const QString& placeholder) {
    auto* field = new QLineEdit(value);
    field->setPlaceholderText(placeholder);
    field->setAccessibleName(label);
    auto* caption = makeLabel(label, "small");
    caption->setBuddy(field);
    body->addWidget(caption);
    body->addWidget(field);
    body->addSpacing(4);
    return field;
}

}  // namespace

ConnectDialog::ConnectDialog(const BackendChoice& start, QWidget* parent)
    : ActionDialog(tr("Connect to another backend"), tr("Connect"), Look::main, parent)
    , name_(addField(body(), tr("Name"), start.name, tr("for example Staging")))
    , api_(addField(body(), tr("API URL"), start.apiBase,
                    QStringLiteral("https://api.cloudflare.com/client/v4")))
    , account_(addField(body(), tr("Account id"), start.account, QString()))
    , token_(addField(body(), tr("API token"), start.token, QString()))
    , hint_(makeLabel(QString(), "small")) {
    setObjectName("connectDialog");
    token_->setEchoMode(QLineEdit::Password);
    hint_->setWordWrap(true);
    body()->addWidget(hint_);
    for (auto* field : {name_, api_, account_, token_})
        connect(field, &QLineEdit::textChanged, this, &ConnectDialog::validate);
    connect(this, &ActionDialog::confirmed, this, [this] {
        emit chosen(choice());
        accept();
    });
    validate();
    name_->setFocus();
}

BackendChoice ConnectDialog::choice() const {
    return {name_->text().trimmed(), api_->text().trimmed(), account_->text().trimmed(),
            token_->text().trimmed()};
}

void ConnectDialog::validate() {
    const auto now = choice();
    const QString problem = problemOf(now);
    verbButton()->setEnabled(problem.isEmpty());
    if (!problem.isEmpty())
        hint_->setText(problem);
    else if (now.isProduction())
        hint_->setText(
            tr("This is Cloudflare itself: what you do there is real. The token is kept in the system's "
               "keychain."));
    else
        hint_->setText(tr("The token is kept in the system's keychain."));
}

}  // namespace stepwell
