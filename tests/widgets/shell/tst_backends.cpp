#include "tests/widgets/shell/several_backends.h"
#include "widgets/backends/audit_page.h"
#include "widgets/backends/backend_dialog.h"
#include "widgets/backends/backend_link.h"
#include "widgets/backends/backends_dialog.h"
#include "widgets/backends/token_dialog.h"
#include "widgets/backends/tokens_page.h"
#include "widgets/rail.h"
#include "widgets/table_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

using namespace stepwell;
using namespace stepwell::test;

namespace {

/// As long as real ones.
const std::string madeToken = "stepwell_" + std::string(64, 'a');

/// What was asked of the tokens and the audit log, and answers from memory.
class FakeAccess final : public AccessService {
  public:
    std::vector<AccessToken> known = {{"id-1", "ci", "active", {{"workflows", "edit"}}, {}, {}, {}}};
    std::vector<NewAccessToken> created;
    QStringList revoked;
    bool holds = false;  ///< answers of `createToken` and `audit` wait for `release`
    std::vector<std::function<void()>> held;
    void release() {
        holds = false;
        for (const auto& answer : std::exchange(held, {}))
            answer();
    }
    std::vector<AuditQuery> queries;
    std::optional<api::Error> problem;  ///< answers the next creation, which is not made

    void tokens(QObject* context, Done<std::vector<AccessToken>> done) override {
        later(context, [this, done] { done(known); });
    }
    void createToken(const NewAccessToken& token, QObject* context, Done<CreatedAccessToken> done) override {
        if (problem)
            return later(context, [done, error = *std::exchange(problem, {})] { done(api::fail(error)); });
        created.push_back(token);
        AccessToken made{"id-2", token.name, "active", token.permissions, {}, {}, {}};
        known.push_back(made);
        later(context, [made, done] { done(CreatedAccessToken{made, madeToken}); });
    }
    void revokeToken(const std::string& id, QObject* context, Done<void> done) override {
        revoked << QString::fromStdString(id);
        later(context, [done] { done({}); });
    }
    void audit(const AuditQuery& query, QObject* context, Done<AuditPage> done) override {
        queries.push_back(query);
        AuditPage page;
        page.total = 250;
        AuditEntry entry;
        entry.action = "terminate";
        entry.resource = "workflows.instances";
        entry.resourceId = "orders/order-1";
        entry.actorName = "ci";
        entry.succeeded = false;
        entry.status = 403;
        page.rows.assign(static_cast<std::size_t>(query.page == 3 ? 50 : 100), entry);
        later(context, [page, done] { done(page); });
    }

  private:
    void later(QObject* context, std::function<void()> run) {
        if (holds) return held.push_back(std::move(run));
        QMetaObject::invokeMethod(context, std::move(run), Qt::QueuedConnection);
    }
};

/// For windows that own their service, over one that the test looks at.
class AccessView final : public AccessService {
  public:
    explicit AccessView(FakeAccess& access)
        : access_(access) {}
    void tokens(QObject* context, Done<std::vector<AccessToken>> done) override {
        access_.tokens(context, std::move(done));
    }
    void createToken(const NewAccessToken& token, QObject* context, Done<CreatedAccessToken> done) override {
        access_.createToken(token, context, std::move(done));
    }
    void revokeToken(const std::string& id, QObject* context, Done<void> done) override {
        access_.revokeToken(id, context, std::move(done));
    }
    void audit(const AuditQuery& query, QObject* context, Done<AuditPage> done) override {
        access_.audit(query, context, std::move(done));
    }

  private:
    FakeAccess& access_;
};

BackendDialog* dialogOf() {
    return openDialog<BackendDialog>("backendDialog");
}

void type(QWidget& dialog, const QString& field, const QString& text) {
    auto* line = visibleChild<QLineEdit>(dialog, field);
    QVERIFY(line != nullptr);
    line->selectAll();
    QTest::keyClicks(line, text);
}

}  // namespace

/// Backends are added, tested, changed and removed; tokens and the audit log of a Stepwell.
class BackendsTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    void aStepwellIsTestedAndAdded() {
        QStringList asked;
        WindowOfSeveral some;
        some.probe = [&asked](const BackendSpec& spec, const QString& token, QObject* context,
                              std::function<void(ProbeReport)> done) {
            asked << spec.apiBase + ' ' + token;
            ProbeReport report;
            report.reachable = true;
            report.serverVersion = "stepwell 1.2.0";
            report.token = ProbeReport::Token::active;
            report.tokenName = "laptop";
            report.accounts = {{"a1", "Acme"}, {"b2", "Beta"}};
            report.support[static_cast<std::size_t>(Feature::sites)] = {
                false, "The token lacks the permission “Sites: read”"};
            QMetaObject::invokeMethod(
                context, [report, done] { done(report); }, Qt::QueuedConnection);
        };
        some.start();
        some.action("Add a backend…")->trigger();
        QTRY_VERIFY(dialogOf() != nullptr);
        auto& dialog = *dialogOf();
        QVERIFY(!dialog.verbButton()->isEnabled());
        type(dialog, "backendName", "Staging");
        type(dialog, "backendApi", "https://staging.example/client/v4");
        type(dialog, "backendToken", "very-secret");
        QVERIFY(visibleChild<QLineEdit>(dialog, "backendPin") != nullptr);
        QVERIFY(!dialog.verbButton()->isEnabled());  // the account is missing
        QTest::mouseClick(dialog.testButton(), Qt::LeftButton);
        QTRY_VERIFY(dialog.findings().contains("stepwell 1.2.0"));
        QCOMPARE(asked, QStringList{"https://staging.example/client/v4 very-secret"});
        QVERIFY(dialog.findings().contains("“laptop” is valid"));
        QVERIFY(dialog.findings().contains("Sites: read"));
        QVERIFY(dialog.verbButton()->isEnabled());
        auto* account = dialog.findChild<QComboBox*>("backendAccount");
        QCOMPARE(account->count(), 2);
        account->setCurrentIndex(1);
        QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
        QTRY_COMPARE(some.shown(), QString("Staging"));
        QCOMPARE(some.tokens["Staging"], QString("very-secret"));
        const auto& saved = some.window->backends().all().back();
        QCOMPARE(saved.account, QString("b2"));
        QCOMPARE(saved.accountName, QString("Beta"));
        QSettings settings;
        settings.sync();
        QFile file(settings.fileName());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("very-secret"));
    }

    void theDialogFitsASmallWindowAndShrinksAgain() {
        WindowOfSeveral some;
        some.probe = [](const BackendSpec&, const QString&, QObject* context, const auto& done) {
            ProbeReport report;
            report.reachable = true;
            report.token = ProbeReport::Token::active;
            report.accounts = {{"a1", "Acme"}};
            for (const auto feature : {Feature::triggerInstance, Feature::changeStatus, Feature::uploadScript,
                                       Feature::siteUpload, Feature::analytics, Feature::tokens})
                report.support[static_cast<std::size_t>(feature)] = {
                    false, "The token lacks the permission \"Some product: edit\": give it that one, or use "
                           "another token"};
            QMetaObject::invokeMethod(
                context, [report, done] { done(report); }, Qt::QueuedConnection);
        };
        some.start();
        some.window->resize(1024, 620);
        some.action("Add a backend…")->trigger();
        QTRY_VERIFY(dialogOf() != nullptr);
        auto& dialog = *dialogOf();
        type(dialog, "backendApi", "https://staging.example/client/v4");
        type(dialog, "backendToken", "very-secret");
        QTRY_VERIFY(dialog.findChild<QLabel*>("keychainNote")->isVisible());
        QTRY_VERIFY(dialog.height() <= some.window->height());
        QTest::mouseClick(dialog.testButton(), Qt::LeftButton);
        QTRY_VERIFY(dialog.findings().contains("Some product"));
        auto* scroll = dialog.findChild<QScrollArea*>();
        QTRY_VERIFY(scroll->verticalScrollBar()->maximum() > 0);
        const int most = dialog.height();
        QVERIFY(most <= some.window->height());
        // The verb stays in reach, and what was found is what is looked at.
        auto* verb = dialog.verbButton();
        QVERIFY(dialog.rect().contains(QRect(verb->mapTo(&dialog, QPoint()), verb->size())));
        const auto* found = dialog.findChild<QWidget*>("probeFindings");
        QTRY_VERIFY(!found->visibleRegion().isEmpty());
        type(dialog, "backendToken", "another");
        QTRY_VERIFY(dialog.height() < most);
        QCOMPARE(scroll->verticalScrollBar()->maximum(), 0);
        dialog.reject();
    }

    void aTokenThatWouldGoReadableWaitsForAWord() {
        WindowOfSeveral some;
        some.start();
        // As it was saved before anybody was asked.
        auto spec = specNamed("Old");
        spec.apiBase = "http://old.example:8790/client/v4";
        some.window->backends().add(spec);
        bool isKept = false;
        some.window->secrets().write(secretKeyOf(spec), "very-secret", [&](const auto&) { isKept = true; });
        QTRY_VERIFY(isKept);
        QVERIFY(some.press(Qt::Key_B, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<BackendsDialog>("backendsDialog") != nullptr);
        auto* manager = openDialog<BackendsDialog>("backendsDialog");
        manager->list()->setCurrentRow(1);
        QTest::mouseClick(visibleChild<QPushButton>(*manager, "Open"), Qt::LeftButton);
        QTRY_VERIFY(visibleChild<QPushButton>(*some.window, "Agree and connect") != nullptr);
        QCOMPARE(some.tokens.count("Old"), std::size_t{0});
        QTest::mouseClick(visibleChild<QPushButton>(*some.window, "Agree and connect"), Qt::LeftButton);
        QTRY_COMPARE(some.tokens["Old"], QString("very-secret"));
        QVERIFY(some.window->backends().find(spec.id)->plainHttp);  // asked once
    }

    void whatATestFoundGoesWithWhatWasTyped() {
        const QString key = "sha256//" + QString(43, 'A') + '=';
        QStringList pins;
        WindowOfSeveral some;
        some.probe = [&](const BackendSpec& spec, const QString&, QObject* context,
                         std::function<void(ProbeReport)> done) {
            pins << spec.pinnedSha256;
            ProbeReport report;
            report.problem = "Its certificate is not trusted.";
            report.certificateTrusted = !spec.pinnedSha256.isEmpty();
            report.serverKey = key;
            QMetaObject::invokeMethod(
                context, [report, done] { done(report); }, Qt::QueuedConnection);
        };
        some.start();
        some.action("Add a backend…")->trigger();
        QTRY_VERIFY(dialogOf() != nullptr);
        auto& dialog = *dialogOf();
        type(dialog, "backendApi", "https://staging.example/client/v4");
        type(dialog, "backendToken", "very-secret");
        QTest::mouseClick(dialog.testButton(), Qt::LeftButton);
        QTRY_VERIFY(visibleChild<QPushButton>(dialog, "pinServerKey") != nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(dialog, "pinServerKey"), Qt::LeftButton);
        QTRY_COMPARE(pins, QStringList({QString(), key}));
        QCOMPARE(visibleChild<QLineEdit>(dialog, "backendPin")->text(), key);
        QTRY_VERIFY(dialog.findings().contains("not trusted"));
        QVERIFY(visibleChild<QPushButton>(dialog, "pinServerKey") == nullptr);
        type(dialog, "backendApi", "https://other.example/client/v4");
        QVERIFY(dialog.findings().isEmpty());
        dialog.reject();
    }

    void aKeptTokenIsNeverShownAgain() {
        WindowOfSeveral some;
        some.start();
        auto spec = specNamed("Staging");
        some.open(spec);
        bool isKept = false;
        some.window->secrets().write(secretKeyOf(spec), "very-secret", [&](const auto&) { isKept = true; });
        QTRY_VERIFY(isKept);
        QVERIFY(some.press(Qt::Key_B, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<BackendsDialog>("backendsDialog") != nullptr);
        auto* manager = openDialog<BackendsDialog>("backendsDialog");
        QCOMPARE(manager->list()->count(), 2);
        manager->list()->setCurrentRow(1);
        QTest::mouseClick(visibleChild<QPushButton>(*manager, "Change…"), Qt::LeftButton);
        QTRY_VERIFY(dialogOf() != nullptr);
        auto& dialog = *dialogOf();
        QTRY_VERIFY(visibleChild<QLineEdit>(dialog, "backendToken")->placeholderText().contains("kept"));
        QVERIFY(visibleChild<QLineEdit>(dialog, "backendToken")->text().isEmpty());
        for (const auto* field : dialog.findChildren<QLineEdit*>())
            QVERIFY(!field->text().contains("very-secret"));
        type(dialog, "backendName", "Stage");
        QTest::mouseClick(visibleChild<QCheckBox>(dialog, "backendProduction"), Qt::LeftButton);
        QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
        QTRY_COMPARE(some.shown(), QString("Stage"));
        QVERIFY(some.window->findChild<QWidget*>("productionBand")->isVisible());
        QTRY_COMPARE(manager->list()->item(1)->text(), QString("Stage"));
        manager->reject();
    }

    void aKeptTokenGoesToNoOtherHost() {
        QStringList asked;
        WindowOfSeveral some;
        some.probe = [&asked](const BackendSpec& spec, const QString& token, QObject*, const auto&) {
            asked << spec.apiBase + ' ' + token;
        };
        some.start();
        auto spec = specNamed("Staging");
        some.open(spec);
        bool isKept = false;
        some.window->secrets().write(secretKeyOf(spec), "very-secret", [&](const auto&) { isKept = true; });
        QTRY_VERIFY(isKept);
        BackendDialog dialog(spec, BackendDialog::Purpose::change, some.window->secrets(), some.probe,
                             some.window.get());
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        auto* token = dialog.findChild<QLineEdit*>("backendToken");
        QTRY_VERIFY(token->placeholderText().contains("type to replace"));
        QVERIFY(dialog.verbButton()->isEnabled() && dialog.testButton()->isEnabled());
        type(dialog, "backendApi", "https://elsewhere.example/client/v4");
        QVERIFY(!dialog.verbButton()->isEnabled());
        QVERIFY(!dialog.testButton()->isEnabled());
        type(dialog, "backendToken", "another");
        QVERIFY(dialog.verbButton()->isEnabled());
        // Readable for everybody on the way: only when that is agreed to.
        auto* agree = dialog.findChild<QCheckBox*>("backendPlainHttp");
        QVERIFY(!agree->isVisible());
        type(dialog, "backendApi", "http://elsewhere.example/client/v4");
        QVERIFY(agree->isVisible());
        QVERIFY(!dialog.verbButton()->isEnabled());
        QVERIFY(!dialog.testButton()->isEnabled());
        agree->click();
        QVERIFY(dialog.verbButton()->isEnabled());
        QVERIFY(dialog.spec().plainHttp);
        QVERIFY(asked.isEmpty());
    }

    void aLinkDoesNotSayWhereCloudflareIs() {
        const auto link = backendLinkFrom(
            "stepwell://some-id/"
            "workflows#kind=cloudflare&name=Cloudflare&api=https%3A%2F%2Fevil.example&account=a");
        QVERIFY(link);
        QCOMPARE(link->hint.kind, BackendKind::cloudflare);
        QCOMPARE(link->hint.apiBase, cloudflareApiBase);
        // An address that was saved and is not the usual one is seen.
        auto spec = newBackendSpec(BackendKind::cloudflare);
        spec.apiBase = "https://proxy.example/client/v4";
        spec.account = "0123456789abcdef";
        spec.accountName = "Acme";
        SecretStore secrets;
        BackendDialog dialog(spec, BackendDialog::Purpose::change, secrets, {}, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        QVERIFY(dialog.findChild<QLineEdit*>("backendApi")->isVisible());
        // The account is called what people call it, and stays the one that it is.
        QCOMPARE(dialog.findChild<QComboBox*>("backendAccount")->currentText(),
                 QString("Acme (0123456789abcdef)"));
        QCOMPARE(dialog.spec(), spec);
    }

    void withoutAKeychainTheTokenIsOfThisRun() {
        WindowOfSeveral some;
        some.start();
        some.action("Add a backend…")->trigger();
        QTRY_VERIFY(dialogOf() != nullptr);
        auto* note = dialogOf()->findChild<QLabel*>("keychainNote");
        QTRY_VERIFY(note->isVisible());
        const bool hasKeychain = some.window->secrets().available().value_or(false);
        QVERIFY(note->text().contains(hasKeychain ? "keychain, and nowhere else" : "never written"));
        dialogOf()->reject();
    }

    void backendsAreReorderedAndRemoved() {
        WindowOfSeveral some;
        some.start();
        const auto one = specNamed("One");
        const auto two = specNamed("Two");
        some.open(one);
        some.open(two);
        QVERIFY(some.press(Qt::Key_B, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<BackendsDialog>("backendsDialog") != nullptr);
        auto* manager = openDialog<BackendsDialog>("backendsDialog");
        manager->list()->setCurrentRow(2);
        QTest::mouseClick(visibleChild<QPushButton>(*manager, "Move up"), Qt::LeftButton);
        QTRY_COMPARE(manager->list()->item(1)->text(), QString("Two"));
        QCOMPARE(some.window->backends().all().at(1).id, two.id);
        manager->list()->setCurrentRow(0);
        QVERIFY(!visibleChild<QPushButton>(*manager, "Remove…")->isEnabled());
        manager->list()->setCurrentRow(1);
        QTest::mouseClick(visibleChild<QPushButton>(*manager, "Remove…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QTest::mouseClick(openDialog<ActionDialog>("confirmDialog")->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(!some.window->backends().find(two.id));
        QCOMPARE(some.window->tabs().ids(), QStringList({localBackendId, one.id}));
        manager->reject();
    }

    void aTokenIsShownOnce() {
        FakeAccess access;
        WindowOfSeveral some;
        some.access = [&access](Backend&) { return std::make_unique<AccessView>(access); };
        some.start();
        QTest::mouseClick(some.window->findChild<RailEntry*>("tokens"), Qt::LeftButton);
        auto* page = some.window->findChild<TokensPage*>();
        QVERIFY(page != nullptr);
        QTRY_COMPARE(page->model().rowCount(), 1);
        QTest::mouseClick(visibleChild<QPushButton>(*page, "Create a token…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<TokenDialog>("tokenDialog") != nullptr);
        auto* dialog = openDialog<TokenDialog>("tokenDialog");
        QVERIFY(!dialog->verbButton()->isEnabled());
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "Name"), "reports");
        QVERIFY(!dialog->verbButton()->isEnabled());
        visibleChild<QComboBox>(*dialog, "Analytics")->setCurrentIndex(1);
        QVERIFY(dialog->verbButton()->isEnabled());
        // What was chosen is there after a failure, and one more press sends it.
        access.problem = api::Error{0, api::code::transport, "The connection was cut."};
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(dialog->errorText(), QString("The connection was cut."));
        QCOMPARE(visibleChild<QLineEdit>(*dialog, "Name")->text(), QString("reports"));
        QCOMPARE(visibleChild<QComboBox>(*dialog, "Analytics")->currentIndex(), 1);
        access.holds = true;
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        // While it is being made nothing closes the dialog: the token would be valid and nobody has it.
        QTRY_COMPARE(access.held.size(), std::size_t{1});
        QVERIFY(!dialog->cancelButton()->isEnabled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->close());
        access.release();
        QTRY_VERIFY(visibleChild<QLineEdit>(*dialog, "tokenValue") != nullptr);
        QCOMPARE(access.created.size(), std::size_t{1});
        QCOMPARE(access.created[0].permissions.at("analytics"), std::string("read"));
        QCOMPARE(access.created[0].expires, std::string("30 days"));
        auto* copy = visibleChild<QPushButton>(*dialog, "Copy");
        const auto* value = visibleChild<QLineEdit>(*dialog, "tokenValue");
        QTRY_VERIFY(value->width() > value->fontMetrics().horizontalAdvance(value->text()));
        QVERIFY(!copy->geometry().intersects(value->geometry()));
        QVERIFY(dialog->rect().contains(
            copy->geometry().translated(copy->parentWidget()->mapTo(dialog, QPoint()))));
        QTest::mouseClick(copy, Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), QString::fromStdString(madeToken));
        QApplication::clipboard()->clear();
        copy->setFocus();
        QTest::keyClick(copy, Qt::Key_Return);
        QCOMPARE(QApplication::clipboard()->text(), QString::fromStdString(madeToken));
        QVERIFY(dialog->isVisible());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(openDialog<TokenDialog>("tokenDialog") == nullptr);
        QTRY_COMPARE(page->model().rowCount(), 2);
        QCOMPARE(access.created.size(), std::size_t{1});
        auto* table = visibleChild<TableView>(*page, "Tokens");
        QVERIFY(!visibleChild<QPushButton>(*page, "Revoke…")->isEnabled());  // none is chosen
        table->setCurrentIndex(page->model().index(0, 0));
        QTest::mouseClick(visibleChild<QPushButton>(*page, "Revoke…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QVERIFY(access.revoked.isEmpty());
        QTest::mouseClick(openDialog<ActionDialog>("confirmDialog")->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(access.revoked, QStringList{"id-1"});
    }

    void theAuditLogIsPagedAndFiltered() {
        FakeAccess access;
        WindowOfSeveral some;
        some.access = [&access](Backend&) { return std::make_unique<AccessView>(access); };
        some.start();
        QTest::mouseClick(some.window->findChild<RailEntry*>("audit"), Qt::LeftButton);
        auto* page = some.window->findChild<AuditPageView*>();
        QVERIFY(page != nullptr);
        QTRY_COMPARE(page->model().rowCount(), 100);
        QCOMPARE(page->model().index(0, AuditModel::Result).data().toString(), QString("Refused (403)"));
        QVERIFY(!visibleChild<QPushButton>(*page, "Newer")->isEnabled());
        access.holds = true;
        QTest::mouseClick(visibleChild<QPushButton>(*page, "Older"), Qt::LeftButton);
        QTRY_COMPARE(access.queries.back().page, 2);
        // Until the next page is there, what is told is about the rows that are seen.
        QCOMPARE(page->model().query().page, 1);
        access.release();
        QTRY_COMPARE(page->model().query().page, 2);
        QTRY_VERIFY(visibleChild<QPushButton>(*page, "Newer")->isEnabled());
        QTest::mouseClick(visibleChild<QPushButton>(*page, "Older"), Qt::LeftButton);
        QTRY_COMPARE(page->model().rowCount(), 50);
        QVERIFY(!visibleChild<QPushButton>(*page, "Older")->isEnabled());
        QTest::keyClicks(visibleChild<QLineEdit>(*page, "On what"), "workflows");
        QTRY_COMPARE(access.queries.back().resource, std::string("workflows"));
        QCOMPARE(access.queries.back().page, 1);
        auto* action = visibleChild<QComboBox>(*page, "What was done");
        action->setFocus();
        QTest::keyClick(action, Qt::Key_Down);
        QTRY_COMPARE(access.queries.back().action, std::string("create"));
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(BackendsTest)
#include "tst_backends.moc"
