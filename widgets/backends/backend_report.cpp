#include "models/backends/support_table.h"
#include "models/visible_text.h"
#include "widgets/backends/backend_dialog.h"
#include "widgets/backends/backend_look.h"
#include "widgets/controls.h"
#include "widgets/format.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

#include <array>

namespace stepwell {
namespace {

constexpr int accountsAtMost = 50;  // as many as one page has
constexpr int lackingAtMost = 6;    // lines; what else is missing is counted

/// What a feature is called where it is missing.
struct Named {
    Feature feature;
    const char* name;
};
constexpr std::array<Named, 9> shownFeatures = {{{Feature::workflows, "Workflows"},
                                                 {Feature::triggerInstance, "Triggering"},
                                                 {Feature::changeStatus, "Pause, resume, restart, terminate"},
                                                 {Feature::scripts, "Workers"},
                                                 {Feature::uploadScript, "Uploading Workers"},
                                                 {Feature::sites, "Sites"},
                                                 {Feature::siteUpload, "Deploying sites"},
                                                 {Feature::analytics, "Analytics"},
                                                 {Feature::tokens, "Tokens"}}};

class Sign : public QWidget {
  public:
    explicit Sign(api::Status shape)
        : shape_(shape) {
        setFixedSize(14, 18);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintStatusShape(painter, QRectF(0, 2, 14, 14), {shape_});
    }

  private:
    api::Status shape_;
};

api::Status shapeOf(ProbeReport::Token token) {
    switch (token) {
    case ProbeReport::Token::none:
    case ProbeReport::Token::active:
        return api::Status::complete;
    case ProbeReport::Token::unknown:
        return api::Status::waiting;
    case ProbeReport::Token::disabled:
    case ProbeReport::Token::expired:
    case ProbeReport::Token::refused:
        break;
    }
    return api::Status::errored;
}

QString textOf(const ProbeReport& report) {
    const QString name = report.tokenName.isEmpty()
                             ? QObject::tr("The token")
                             : QObject::tr("The token “%1”").arg(visibleText(report.tokenName));
    const QString end = report.tokenExpires
                            ? QObject::tr("%1 is valid; it ends %2")
                                  .arg(name, format::relative(*report.tokenExpires, format::now()))
                            : QObject::tr("%1 is valid; no end is told").arg(name);
    switch (report.token) {
    case ProbeReport::Token::none:
        return QObject::tr("No token is needed");
    case ProbeReport::Token::active:
        return report.tokenMay.isEmpty() ? end : QStringLiteral("%1 · %2").arg(end, report.tokenMay);
    case ProbeReport::Token::unknown:
        return QObject::tr("Whether the token is valid is not told");
    case ProbeReport::Token::disabled:
        return QObject::tr("%1 is disabled: enable it, or use another").arg(name);
    case ProbeReport::Token::expired:
        return QObject::tr("%1 has expired: create another").arg(name);
    case ProbeReport::Token::refused:
        break;
    }
    return QObject::tr("%1 is refused: it is wrong or was revoked").arg(name);
}

/// What to do about it is the same for each, and said once behind them.
QString lackOf(BackendKind kind, Feature feature, const QString& name, const QString& reason) {
    const QString permission = permissionOf(kind, feature);
    return permission.isEmpty() || !reason.contains(permission)
               ? QStringLiteral("%1: %2").arg(name, reason)
               : QObject::tr("%1: the token lacks “%2”").arg(name, permission);
}

}  // namespace

void BackendDialog::addFinding(api::Status shape, const QString& text, QWidget* action) {
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* words = makeLabel(text);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(new Sign(shape), 0, Qt::AlignTop);
    row->addWidget(words, 1);
    if (action != nullptr) row->addWidget(action, 0, Qt::AlignBottom);
    findingRows_->addWidget(line);
    findings_->show();
}

void BackendDialog::offerPin(const QString& key) {
    auto* pin = makeButton(tr("Pin it"), "link");
    pin->setObjectName("pinServerKey");
    pin->setAutoDefault(false);
    // The test goes with the button, so not before its click is over.
    connect(
        pin, &QPushButton::clicked, this,
        [this, key] {
            pin_->setText(key);
            pin_->setCursorPosition(0);
            test();
        },
        Qt::QueuedConnection);
    addFinding(api::Status::waiting,
               tr("Its key is %1. Pin it if its owner told you that it is this one.").arg(key), pin);
}

void BackendDialog::clearFindings() {
    while (auto* item = findingRows_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    findings_->hide();
}

QString BackendDialog::findings() const {
    QStringList lines;
    if (!findings_->isHidden())
        for (const auto* label : findings_->findChildren<QLabel*>())
            lines << label->text();
    return lines.join(QLatin1Char('\n'));
}

void BackendDialog::showReport(const ProbeReport& report) {
    using api::Status;
    clearFindings();
    test_->setEnabled(true);
    if (!report.problem.isEmpty()) addFinding(Status::errored, report.problem);
    if (!report.certificateTrusted && !report.serverKey.isEmpty() && pin_->text().isEmpty())
        offerPin(report.serverKey);
    reveal(findings_);
    if (!report.reachable) return;
    const QString met = report.serverVersion.isEmpty() ? kindName(report.kind) : report.serverVersion;
    addFinding(report.kind == start_.kind ? Status::complete : Status::errored,
               report.kind == start_.kind
                   ? tr("It answers as %1").arg(met)
                   : tr("%1 answers there: choose that kind above").arg(kindName(report.kind)));
    if (wantsToken()) addFinding(shapeOf(report.token), textOf(report));
    if (!report.accounts.isEmpty() && wantsToken()) {
        const QString before = spec().account;
        account_->clear();
        for (const auto& account : report.accounts)
            addAccount(account.id, account.name);
        const int known = account_->findData(before);
        if (known >= 0 || before.isEmpty())
            account_->setCurrentIndex(std::max(known, 0));
        else
            account_->setEditText(before);
        addFinding(known >= 0 || before.isEmpty() ? Status::complete : Status::waiting,
                   known < 0 && !before.isEmpty()
                       ? tr("The account %1 is not among those that the token sees").arg(before)
                       : tr("Account: %1").arg(account_->currentText()));
        if (report.accounts.size() >= accountsAtMost)
            addFinding(Status::waiting,
                       tr("The first %1 accounts are listed: type the id of another").arg(accountsAtMost));
    }
    QStringList lacking;
    for (const auto& [feature, name] : shownFeatures)
        if (const auto& support = report.of(feature); !support.available)
            lacking << lackOf(report.kind, feature, tr(name), support.reason);
    for (const auto& line : lacking.mid(0, lackingAtMost))
        addFinding(Status::paused, line);
    if (lacking.size() > lackingAtMost)
        addFinding(Status::paused, tr("and %1 more").arg(lacking.size() - lackingAtMost));
}

}  // namespace stepwell
