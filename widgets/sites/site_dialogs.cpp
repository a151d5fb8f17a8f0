#include "widgets/sites/site_dialogs.h"

#include "widgets/controls.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr int longestName = 255;
constexpr int longestText = 5 * 1024;

/// As code writes it: env.NAME.
bool isName(const QString& name) {
    static const QRegularExpression valid(QStringLiteral("^[A-Za-z_$][A-Za-z0-9_$]*$"));
    return valid.match(name).hasMatch();
}

QString titleFor(const api::SiteVariable& variable, api::SiteEnvironment environment) {
    const QString where =
        environment == api::SiteEnvironment::production ? QObject::tr("production") : QObject::tr("previews");
    if (variable.name.empty()) return QObject::tr("Add a variable of %1").arg(where);
    return QObject::tr("Change %1 of %2").arg(QString::fromStdString(variable.name), where);
}

}  // namespace

SiteVariableDialog::SiteVariableDialog(Backend& backend, const std::string& site,
                                       api::SiteEnvironment environment, const api::SiteVariable& variable,
                                       const QStringList& known, QWidget* parent)
    : ActionDialog(titleFor(variable, environment), tr("Save variable"), Look::main, parent)
    , backend_(backend)
    , site_(site)
    , environment_(environment)
    , known_(known)
    , isNew_(variable.name.empty())
    , name_(new QLineEdit(QString::fromStdString(variable.name)))
    , hint_(makeLabel(QString(), "small"))
    , value_(new QLineEdit(QString::fromStdString(variable.value)))
    , secret_(new QCheckBox(tr("Secret: its text is shown nowhere again"))) {
    setObjectName("siteVariableDialog");
    guardProduction();
    name_->setProperty("kind", "mono");
    name_->setAccessibleName(tr("Name"));
    name_->setPlaceholderText(QStringLiteral("API_URL"));
    name_->setMaxLength(longestName);
    name_->setEnabled(isNew_);
    value_->setProperty("kind", "mono");
    value_->setAccessibleName(tr("Text"));
    value_->setMaxLength(longestText);
    auto* nameLabel = makeLabel(tr("Name"), "small");
    nameLabel->setBuddy(name_);
    auto* valueLabel = makeLabel(tr("Text"), "small");
    valueLabel->setBuddy(value_);
    auto* note =
        makeLabel(tr("The Worker of the site finds it in its env from the next deployment on."), "small");
    note->setWordWrap(true);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{nameLabel, name_, hint_, valueLabel, value_, secret_, note})
        body()->addWidget(widget);
    hint_->hide();
    connect(secret_, &QCheckBox::toggled, this,
            [this](bool secret) { value_->setEchoMode(secret ? QLineEdit::Password : QLineEdit::Normal); });
    secret_->setChecked(variable.secret);
    connect(name_, &QLineEdit::textChanged, this, &SiteVariableDialog::validate);
    connect(value_, &QLineEdit::textChanged, this, &SiteVariableDialog::validate);
    connect(this, &ActionDialog::confirmed, this, &SiteVariableDialog::send);
    validate();
    (isNew_ ? name_ : value_)->setFocus();
}

void SiteVariableDialog::validate() {
    const QString name = name_->text();
    const bool taken = name == QLatin1String("ASSETS");
    const bool fine = isName(name) && !taken;
    const bool wrong = !fine && !name.isEmpty();
    setLook(name_, "invalid", wrong);
    setLook(hint_, "kind", wrong ? "error" : "small");
    hint_->setText(taken   ? tr("ASSETS is how the code of a site finds its files")
                   : wrong ? tr("Letters, digits, _ and $, not starting with a digit")
                   : isNew_ && known_.contains(name) ? tr("There is one of this name: its text is replaced")
                                                     : QString());
    hint_->setVisible(!hint_->text().isEmpty());
    verbButton()->setEnabled(fine && !value_->text().isEmpty());
}

void SiteVariableDialog::send() {
    api::SiteProjectChange change;
    auto& variables = environment_ == api::SiteEnvironment::production ? change.production : change.preview;
    const QString name = name_->text();
    variables.set.push_back({name.toStdString(), value_->text().toStdString(), secret_->isChecked()});
    setBusy(tr("Saving…"));
    backend_.changeSiteProject(site_, change, this, [this, name](const auto& answer) {
        if (!answer) return showError(QString::fromStdString(answer.error().message));
        value_->clear();
        emit saved(name);
        accept();
    });
}

OneLineDialog::OneLineDialog(const Words& words, const QString& text, Send send, QWidget* parent)
    : ActionDialog(words.title, words.verb, Look::main, parent)
    , line_(new QLineEdit(text)) {
    setObjectName("oneLineDialog");
    guardProduction();
    line_->setProperty("kind", "mono");
    line_->setPlaceholderText(words.placeholder);
    line_->setAccessibleName(words.label);
    line_->setMaxLength(longestName);
    auto* label = makeLabel(words.label, "small");
    label->setBuddy(line_);
    auto* hint = makeLabel(words.hint, "small");
    hint->setWordWrap(true);
    body()->addWidget(label);
    body()->addWidget(line_);
    body()->addWidget(hint);
    const auto validate = [this, text] {
        const QString now = line_->text().trimmed();
        verbButton()->setEnabled(!now.isEmpty() && now != text);
    };
    connect(line_, &QLineEdit::textChanged, this, validate);
    connect(this, &ActionDialog::confirmed, this,
            [this, send = std::move(send)] { send(line_->text().trimmed(), *this); });
    validate();
    line_->setFocus();
}

}  // namespace stepwell
