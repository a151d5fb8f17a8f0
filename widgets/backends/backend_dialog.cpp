#include "widgets/backends/backend_dialog.h"

#include "widgets/backends/backend_look.h"
#include "widgets/backends/swatch.h"
#include "widgets/controls.h"
#include "widgets/format.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QUrl>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int dialogWidth = 600;
constexpr int longestText = 2'000;

/// A field under its caption.
QWidget* boxOf(const QString& label, QWidget* field) {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    auto* caption = makeLabel(label, "small");
    caption->setBuddy(field);
    field->setAccessibleName(label);
    layout->addWidget(caption);
    layout->addWidget(field);
    return box;
}

QLineEdit* makeField(const QString& value, const QString& placeholder) {
    auto* field = new QLineEdit(value);
    field->setPlaceholderText(placeholder);
    field->setMaxLength(longestText);
    return field;
}

QHBoxLayout* rowOf(QWidget* left, QWidget* right) {
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(left, 1);
    row->addWidget(right, 1);
    return row;
}

QString titleOf(BackendDialog::Purpose purpose, const BackendSpec& spec) {
    switch (purpose) {
    case BackendDialog::Purpose::change:
        return QObject::tr("Change %1").arg(spec.name);
    case BackendDialog::Purpose::askForToken:
        return QObject::tr("Enter the token of %1").arg(spec.name);
    case BackendDialog::Purpose::add:
        break;
    }
    return QObject::tr("Add a backend");
}

QString verbOf(BackendDialog::Purpose purpose) {
    switch (purpose) {
    case BackendDialog::Purpose::change:
        return QObject::tr("Save");
    case BackendDialog::Purpose::askForToken:
        return QObject::tr("Open");
    case BackendDialog::Purpose::add:
        break;
    }
    return QObject::tr("Add and open");
}

}  // namespace

BackendDialog::BackendDialog(const BackendSpec& start, Purpose purpose, SecretStore& secrets,
                             BackendProbe probe, QWidget* parent)
    : ActionDialog(titleOf(purpose, start), verbOf(purpose), Look::main, parent)
    , start_(start)
    , purpose_(purpose)
    , secrets_(secrets)
    , probe_(std::move(probe))
    , kind_(new ComboBox)
    , name_(makeField(start.name, tr("for example Staging")))
    , api_(makeField(start.apiBase, QStringLiteral("https://host:8790/client/v4")))
    , token_(makeField({}, {}))
    , account_(new ComboBox)
    , caFile_(makeField(start.caFile, tr("the system's authorities")))
    , pin_(makeField(start.pinnedSha256, QStringLiteral("sha256//…")))
    , plainHttp_(new QCheckBox(tr("Send the token readable over plain HTTP")))
    , production_(new QCheckBox(tr("Production: coloured, and asks once more before what cannot be undone")))
    , colours_(new QButtonGroup(this))
    , keychain_(makeLabel(QString(), "small"))
    , hint_(makeLabel(QString(), "small"))
    , test_(addButton(tr("Test")))
    , findings_(makeCard())
    , findingRows_(new QVBoxLayout(findings_)) {
    setObjectName("backendDialog");
    setMinimumWidth(dialogWidth);
    layOut();
    boundHeight();
    for (auto* field : {name_, api_, token_, caFile_, pin_})
        connect(field, &QLineEdit::textChanged, this, &BackendDialog::validate);
    for (auto* field : {api_, token_, caFile_, pin_})
        connect(field, &QLineEdit::textChanged, this, &BackendDialog::forgetTest);
    connect(account_, &QComboBox::editTextChanged, this, &BackendDialog::validate);
    connect(plainHttp_, &QCheckBox::toggled, this, &BackendDialog::validate);
    connect(kind_, &QComboBox::activated, this,
            [this] { setKind(static_cast<BackendKind>(kind_->currentData().toInt())); });
    connect(test_, &QPushButton::clicked, this, &BackendDialog::test);
    connect(&secrets_, &SecretStore::availableChanged, this, &BackendDialog::showKeychain);
    connect(this, &ActionDialog::confirmed, this, [this] {
        emit chosen(spec(), token());
        accept();
    });
    test_->setVisible(static_cast<bool>(probe_));
    if (purpose == Purpose::askForToken) setSubtitle(QUrl(start.apiBase).authority());
    setKind(start.kind);
    // Also tells whether there is a keychain at all.
    secrets_.read(secretKeyOf(start_), [this, guard = QPointer(this)](const QString& secret, const QString&) {
        if (!guard) return;
        hasKept_ = purpose_ == Purpose::change && !secret.isEmpty();
        showKeychain();
        validate();
    });
    purpose == Purpose::askForToken ? token_->setFocus() : name_->setFocus();
}

void BackendDialog::layOut() {
    for (const auto kind : {BackendKind::stepwell, BackendKind::cloudflare, BackendKind::wranglerDev})
        kind_->addItem(kindName(kind), static_cast<int>(kind));
    kind_->setObjectName("backendKind");
    name_->setObjectName("backendName");
    api_->setObjectName("backendApi");
    token_->setObjectName("backendToken");
    token_->setEchoMode(QLineEdit::Password);
    account_->setObjectName("backendAccount");
    account_->setEditable(true);
    account_->setInsertPolicy(QComboBox::NoInsert);
    account_->lineEdit()->setMaxLength(longestText);
    if (!start_.account.isEmpty()) {
        addAccount(start_.account, start_.accountName);
        account_->setCurrentIndex(0);
    }
    plainHttp_->setObjectName("backendPlainHttp");
    plainHttp_->setChecked(start_.plainHttp);
    production_->setObjectName("backendProduction");
    production_->setChecked(start_.production);
    keychain_->setObjectName("keychainNote");
    for (auto* label : {keychain_, hint_})
        label->setWordWrap(true);
    apiBox_ = boxOf(tr("API URL"), api_);
    tokenBox_ = boxOf(tr("API token"), token_);
    tokenBox_->layout()->addWidget(keychain_);
    accountBox_ = boxOf(tr("Account: choose it after a test, or type its id"), account_);
    transport_ = makeTransport();
    who_ = new QWidget;
    auto* who = rowOf(boxOf(tr("Kind"), kind_), boxOf(tr("Name"), name_));
    who->setContentsMargins(0, 0, 0, 0);
    who_->setLayout(who);
    look_ = makeLook();
    body()->addWidget(who_);
    body()->addWidget(apiBox_);
    body()->addWidget(tokenBox_);
    body()->addWidget(plainHttp_);
    body()->addWidget(accountBox_);
    body()->addWidget(transport_);
    body()->addWidget(look_);
    body()->addWidget(findings_);
    body()->addWidget(hint_);
    body()->addStretch(1);  // fields stay where they are when there is less to say
    findings_->setObjectName("probeFindings");
    findingRows_->setContentsMargins(12, 8, 12, 8);
    findingRows_->setSpacing(4);
    findings_->hide();
}

/// By its name where that is known; what is chosen is its id.
void BackendDialog::addAccount(const QString& id, const QString& name) {
    account_->addItem(name.isEmpty() || name == id ? id : QStringLiteral("%1 (%2)").arg(name, id), id);
    account_->setItemData(account_->count() - 1, name, Qt::UserRole + 1);
}

QWidget* BackendDialog::makeTransport() {
    auto* whole = new QWidget;
    auto* choose = makeButton(tr("Choose…"));
    caFile_->setObjectName("backendCa");
    pin_->setObjectName("backendPin");
    pin_->setProperty("kind", "mono");
    auto* file = new QWidget;
    auto* fileRow = new QHBoxLayout(file);
    fileRow->setContentsMargins(0, 0, 0, 0);
    fileRow->setSpacing(6);
    fileRow->addWidget(caFile_, 1);
    fileRow->addWidget(choose);
    connect(choose, &QPushButton::clicked, this, [this] {
        auto* chooser = new QFileDialog(this, tr("Certificate of the private authority"), {},
                                        tr("Certificates (*.pem *.crt *.cer);;All files (*)"));
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::ExistingFile);
        connect(chooser, &QFileDialog::fileSelected, caFile_, &QLineEdit::setText);
        chooser->open();
    });
    auto* caBox = boxOf(tr("Private CA, a PEM file"), file);
    caFile_->setAccessibleName(tr("Private CA, a PEM file"));
    auto* layout = rowOf(caBox, boxOf(tr("Pinned key of the server"), pin_));
    layout->setContentsMargins(0, 0, 0, 0);
    whole->setLayout(layout);
    return whole;
}

QWidget* BackendDialog::makeLook() {
    auto* whole = new QWidget;
    auto* layout = new QVBoxLayout(whole);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(6);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(makeLabel(tr("Colour"), "small"));
    row->addSpacing(6);
    QStringList all{QString()};
    all += backendSwatches();
    if (!start_.colour.isEmpty() && !all.contains(start_.colour)) all << start_.colour;
    for (const QString& colour : all) {
        auto* swatch = new Swatch(colour);
        swatch->setChecked(colour == start_.colour);
        colours_->addButton(swatch);
        row->addWidget(swatch);
    }
    row->addStretch(1);
    layout->addLayout(row);
    layout->addWidget(production_);
    return whole;
}

void BackendDialog::setKind(BackendKind kind) {
    const bool isNew = kind != start_.kind;
    if (isNew) {
        const auto fresh = newBackendSpec(kind);
        const bool untouched = name_->text().isEmpty() || name_->text() == start_.name;
        if (untouched) name_->setText(fresh.name);
        api_->setText(fresh.apiBase);
        production_->setChecked(fresh.production);
        start_.kind = kind;
        start_.name = fresh.name;
        account_->clear();
        account_->clearEditText();
    }
    kind_->setCurrentIndex(kind_->findData(static_cast<int>(kind)));
    const bool asksAll = purpose_ != Purpose::askForToken;
    kind_->setEnabled(purpose_ == Purpose::add);
    who_->setVisible(asksAll);
    look_->setVisible(asksAll);
    // Where a token goes is not hidden, unless it goes where it always does.
    const bool isUsual = kind == BackendKind::cloudflare && api_->text().trimmed() == cloudflareApiBase;
    apiBox_->setVisible(asksAll && !isUsual);
    tokenBox_->setVisible(wantsToken());
    accountBox_->setVisible(asksAll && wantsToken());
    clearFindings();
    showKeychain();
    validate();
}

bool BackendDialog::wantsToken() const {
    return start_.kind == BackendKind::stepwell || start_.kind == BackendKind::cloudflare;
}

bool BackendDialog::tokenIsKnown() const {
    const bool isKept = hasKept_ && isSameOrigin(api_->text(), start_.apiBase);
    return !wantsToken() || isKept || !token().isEmpty();
}

void BackendDialog::showKept() {
    const bool isElsewhere = !isSameOrigin(api_->text(), start_.apiBase);
    token_->setPlaceholderText(!hasKept_     ? QString()
                               : isElsewhere ? tr("the kept one is for the host as it was")
                                             : tr("kept; type to replace it"));
}

void BackendDialog::showKeychain() {
    const auto available = secrets_.available();
    keychain_->setText(
        !available.has_value() ? QString()
        : *available
            ? tr("Kept in the system's keychain, and nowhere else.")
            : tr("This system has no keychain: the token is asked for in each run, and never written."));
    keychain_->setVisible(available.has_value());
}

BackendSpec BackendDialog::spec() const {
    BackendSpec spec = start_;
    spec.name = name_->text().trimmed();
    spec.apiBase = completeApiBase(api_->text(), start_.kind);
    const int chosen = account_->findText(account_->currentText());
    const QString typed = account_->currentText().trimmed();
    spec.account = !wantsToken() ? QString() : chosen >= 0 ? account_->itemData(chosen).toString() : typed;
    if (chosen >= 0) spec.accountName = account_->itemData(chosen, Qt::UserRole + 1).toString();
    if (chosen < 0 && typed != start_.account) spec.accountName.clear();
    const bool overTls = start_.kind == BackendKind::stepwell;
    spec.caFile = overTls ? caFile_->text().trimmed() : QString();
    spec.pinnedSha256 = overTls ? pin_->text().trimmed() : QString();
    spec.plainHttp = plainHttp_->isChecked() && tokenIsReadable(spec);
    spec.production = production_->isChecked();
    const auto* swatch = qobject_cast<const Swatch*>(colours_->checkedButton());
    spec.colour = swatch != nullptr ? swatch->colour() : QString();
    return spec;
}

QString BackendDialog::token() const {
    return wantsToken() ? token_->text().trimmed() : QString();
}

void BackendDialog::validate() {
    const auto now = spec();
    const bool overTls =
        start_.kind == BackendKind::stepwell && QUrl(now.apiBase).scheme() == QLatin1String("https");
    const bool hasTrust = !now.caFile.isEmpty() || !now.pinnedSha256.isEmpty();
    transport_->setVisible((overTls || hasTrust) && purpose_ != Purpose::askForToken);
    plainHttp_->setVisible(tokenIsReadable(now));
    showKept();
    // In the order of the fields: an account is chosen once a token is there to ask with.
    auto before = now;
    if (!tokenIsKnown()) before.account = QStringLiteral("-");
    QString problem = problemOf(before);
    if (problem.isEmpty() && !tokenIsKnown()) problem = tr("Enter the API token");
    verbButton()->setEnabled(problem.isEmpty());
    hint_->setText(problem);
    hint_->setVisible(!problem.isEmpty() && purpose_ != Purpose::askForToken);
    const QUrl url(now.apiBase, QUrl::StrictMode);
    const bool isAgreed = now.plainHttp || !tokenIsReadable(now);
    test_->setEnabled(url.isValid() && !url.host().isEmpty() && tokenIsKnown() && isAgreed);
    // Enter does what comes next: a test tells the account that is missing.
    const bool testsFirst = !problem.isEmpty() && test_->isEnabled() && !test_->isHidden();
    (testsFirst ? test_ : verbButton())->setDefault(true);
}

/// What was found is about what was typed then.
void BackendDialog::forgetTest() {
    ++tests_;
    clearFindings();
}

void BackendDialog::test() {
    const int number = ++tests_;
    clearFindings();
    addFinding(api::Status::queued, tr("Asking %1…").arg(QUrl(spec().apiBase).host()));
    test_->setEnabled(false);
    const auto ask = [this, number](const QString& token) {
        probe_(spec(), token, this, [this, number](const ProbeReport& report) {
            if (number == tests_) showReport(report);
        });
    };
    if (!token().isEmpty() || !wantsToken()) return ask(token());
    secrets_.read(secretKeyOf(start_), [guard = QPointer(this), ask](const QString& secret, const QString&) {
        if (guard) ask(secret);
    });
}

}  // namespace stepwell
