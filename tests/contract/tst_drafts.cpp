#include "tests/contract/support/contract_window.h"
#include "widgets/action_dialog.h"
#include "widgets/deploy/deploy_dialog.h"
#include "widgets/json_editor.h"
#include "widgets/settings_page.h"

#include <QAbstractScrollArea>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 60'000;
SettingsPage* visibleSettings(QWidget& within) {
    for (auto* page : within.findChildren<SettingsPage*>())
        if (page->isVisible()) return page;
    return nullptr;
}

const QString params = "{\"order\": 12345678901234567890, \"note\": \"long work\"}";

}  // namespace

/// What a person wrote is there after whatever went wrong, and one more press of the button sends it.
class DraftsTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        useOwnFolders("drafts");
        QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    }
    void init() { server_.reset(); }

    void ofATrigger_data() { faults(); }
    void ofATrigger();
    void ofAnEvent_data() { faults(); }
    void ofAnEvent();
    void ofADeploy();
    void ofOtherDialogs_data();
    void ofOtherDialogs();
    void ofSettings();

  private:
    static void faults();
    /// What the fields of a dialog or a page hold.
    static QStringList written(const QWidget& within);
    void showWorkflow(ContractWindow& shown, const Place& place);
    /// Presses the verb and waits for its end: a reason in the dialog, or the dialog closed.
    static void pressAndWait(const QPointer<ActionDialog>& dialog);
    static void type(JsonEditor* editor, const QString& text);

    ContractServer server_;
};

void DraftsTest::faults() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::newRow("says it failed, with 200") << QJsonObject{{"kind", "refused"}, {"status", 200}};
    QTest::newRow("a page with 502") << QJsonObject{{"kind", "html"}, {"status", 502}};
    QTest::newRow("too many") << QJsonObject{{"kind", "tooMany"}, {"retryAfter", 1}};
    QTest::newRow("cut") << QJsonObject{{"kind", "cut"}};
    QTest::newRow("not permitted") << QJsonObject{
        {"kind", "refused"}, {"status", 403}, {"code", 10000}, {"message", "Authentication error"}};
}

void DraftsTest::showWorkflow(ContractWindow& shown, const Place& place) {
    QVERIFY(shown.open(choiceOf(server_)));
    const QString content = place.instance.isEmpty() ? "run-0249" : place.instance;
    for (int tries = 0; tries < 10; ++tries) {
        shown.window().navigator().go(place);
        if (QTest::qWaitFor([&] { return shown.visibleText().contains(content); }, 15'000)) return;
    }
    QFAIL("the page does not load");
}

void DraftsTest::pressAndWait(const QPointer<ActionDialog>& dialog) {
    QVERIFY(dialog != nullptr);
    ContractWindow::click(dialog->verbButton());
    QTRY_VERIFY_WITH_TIMEOUT(!dialog || !dialog->isVisible() || !dialog->errorText().isEmpty(), patienceMs);
}

void DraftsTest::type(JsonEditor* editor, const QString& text) {
    auto* keys = editor->findChild<QAbstractScrollArea*>();
    QVERIFY(keys != nullptr);
    keys->setFocus();
    QTest::keyClick(keys, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(keys, Qt::Key_Delete);
    QTest::keyClicks(keys, text);
}

void DraftsTest::ofATrigger() {
    QFETCH(QJsonObject, rule);
    ContractWindow shown(&overHttp);
    showWorkflow(shown, {"orders", {}});
    shown.press(Qt::Key_T, Qt::ControlModifier);
    QTRY_VERIFY(ContractWindow::dialog("triggerDialog") != nullptr);
    const QPointer<ActionDialog> dialog =
        qobject_cast<ActionDialog*>(ContractWindow::dialog("triggerDialog"));
    auto* id = dialog->findChild<QLineEdit*>();
    id->setFocus();
    id->clear();
    QTest::keyClicks(id, "by-hand");
    auto* editor = dialog->findChild<JsonEditor*>();
    type(editor, params);
    const QString written = editor->text();
    QVERIFY2(written.contains("12345678901234567890"), qPrintable(written));

    rule["method"] = "POST";
    server_.rule(rule);
    pressAndWait(dialog);
    QVERIFY2(dialog && dialog->isVisible(), "the dialog is gone, and with it what was written");
    QVERIFY(!dialog->errorText().isEmpty());
    QCOMPARE(editor->text(), written);
    QCOMPARE(id->text(), QString("by-hand"));
    QVERIFY(editor->isEnabled() && id->isEnabled());

    server_.calm();
    for (int tries = 0; tries < 8 && dialog && dialog->isVisible(); ++tries)
        pressAndWait(dialog);
    // Through the bad network it may have arrived the time before: then that is what the dialog says.
    if (dialog && dialog->isVisible())
        QVERIFY2(ContractServer::isNetworkBad() && dialog->errorText().contains("exists"),
                 qPrintable(dialog->errorText()));
    QVERIFY(server_.seen("/instances$", "POST").last()["body"].toString().contains("12345678901234567890"));
}

void DraftsTest::ofAnEvent() {
    QFETCH(QJsonObject, rule);
    ContractWindow shown(&overHttp);
    showWorkflow(shown, {"orders", "run-0003"});
    QTRY_VERIFY_WITH_TIMEOUT(shown.button("Send event…") != nullptr, patienceMs);
    ContractWindow::click(shown.button("Send event…"));
    QTRY_VERIFY(ContractWindow::dialog("sendEventDialog") != nullptr);
    const QPointer<ActionDialog> dialog =
        qobject_cast<ActionDialog*>(ContractWindow::dialog("sendEventDialog"));
    auto* name = dialog->findChild<QComboBox*>();
    name->lineEdit()->setFocus();
    name->lineEdit()->clear();
    QTest::keyClicks(name->lineEdit(), "approved");
    auto* editor = dialog->findChild<JsonEditor*>();
    type(editor, params);
    const QString written = editor->text();

    rule["method"] = "POST";
    server_.rule(rule);
    pressAndWait(dialog);
    QVERIFY2(dialog && dialog->isVisible(), "the dialog is gone, and with it what was written");
    QCOMPARE(editor->text(), written);
    QCOMPARE(name->currentText(), QString("approved"));

    server_.calm();
    for (int tries = 0; tries < 8 && dialog && dialog->isVisible(); ++tries)
        pressAndWait(dialog);
    QVERIFY(!dialog || !dialog->isVisible());
    QVERIFY(
        server_.seen("/events/approved$", "POST").last()["body"].toString().contains("12345678901234567890"));
}

void DraftsTest::ofADeploy() {
    QJsonObject rule{{"kind", "html"}, {"status", 502}};
    QTemporaryDir folder;
    QDir(folder.path()).mkpath("shop");
    for (int i = 0; i < 12; ++i) {
        QFile file(folder.filePath(QString("shop/page-%1.html").arg(i)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("page " + QByteArray::number(i)) > 0);
    }
    ContractWindow shown(&overHttp);
    showWorkflow(shown, {"orders", {}});
    shown.window().deploySite({folder.filePath("shop")}, "shop");
    QTRY_VERIFY_WITH_TIMEOUT(ContractWindow::dialog("deployDialog") != nullptr, patienceMs);
    const QPointer<DeployDialog> dialog = qobject_cast<DeployDialog*>(ContractWindow::dialog("deployDialog"));
    using State = DeploySession::State;
    QTRY_VERIFY_WITH_TIMEOUT(dialog->verbButton()->isEnabled(), patienceMs);
    rule["method"] = "POST";
    rule["path"] = "/deployments$";
    server_.rule(rule);
    ContractWindow::click(dialog->verbButton());
    QTRY_VERIFY_WITH_TIMEOUT(dialog->session().state() == State::over, patienceMs);
    QVERIFY(dialog->isVisible());
    QCOMPARE(dialog->session().outcome().kind, site::DeployOutcome::Kind::failed);
    QVERIFY(!dialog->session().outcome().reason.empty());

    server_.calm();
    for (int tries = 0; tries < 8; ++tries) {
        ContractWindow::click(dialog->verbButton());
        QTRY_VERIFY_WITH_TIMEOUT(dialog->session().state() == State::over, patienceMs);
        if (dialog->session().outcome().kind != site::DeployOutcome::Kind::failed) break;
    }
    QVERIFY2(dialog->session().outcome().kind != site::DeployOutcome::Kind::failed,
             dialog->session().outcome().reason.c_str());
    dialog->close();
}

QStringList DraftsTest::written(const QWidget& within) {
    QStringList texts;
    for (const auto* field : within.findChildren<QLineEdit*>())
        if (!field->isHidden()) texts << field->text();
    for (const auto* field : within.findChildren<QPlainTextEdit*>())
        texts << field->toPlainText();
    return texts;
}

void DraftsTest::ofOtherDialogs_data() {
    QTest::addColumn<Place>("place");
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("dialog");
    QTest::addColumn<QStringList>("texts");
    QTest::addColumn<QString>("sentTo");
    QTest::addColumn<QJsonObject>("rule");
    const auto worker = placeOfWorker("orders-worker");
    const auto site = placeOfSite("shop", "settings");
    for (const auto& [name, rule] :
         {std::pair("cut", QJsonObject{{"kind", "cut"}}),
          std::pair("too many", QJsonObject{{"kind", "tooMany"}, {"retryAfter", 1}})}) {
        const auto row = [&name = name](const char* dialog) {
            return QString("%1: %2").arg(dialog, name).toUtf8();
        };
        QTest::newRow(row("secret")) << worker << "Add a secret…"
                                     << "secretDialog"
                                     << QStringList{"PAYMENT_KEY", "a long text that nobody has twice"}
                                     << "/secrets$" << rule;
        QTest::newRow(row("crons")) << worker << "Edit…"
                                    << "cronsDialog" << QStringList{"15 6 * * 2-6"} << "/schedules$" << rule;
        QTest::newRow(row("variable"))
            << site << "Add…"
            << "siteVariableDialog" << QStringList{"API_URL", "https://api.example.com/v2"}
            << "/projects/shop$" << rule;
        QTest::newRow(row("branch")) << site << "Change…"
                                     << "oneLineDialog" << QStringList{"trunk"} << "/projects/shop$" << rule;
        QTest::newRow(row("host")) << site << "Add a host…"
                                   << "oneLineDialog" << QStringList{"www.example.com"} << "/domains$"
                                   << rule;
    }
}

/// Every other dialog that sends what was typed.
void DraftsTest::ofOtherDialogs() {
    QFETCH(Place, place);
    QFETCH(QString, button);
    QFETCH(QString, dialog);
    QFETCH(QStringList, texts);
    QFETCH(QString, sentTo);
    QFETCH(QJsonObject, rule);
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    for (int tries = 0; tries < 10; ++tries) {
        shown.window().navigator().go(place);
        if (QTest::qWaitFor([&] { return shown.button(button) != nullptr; }, 15'000)) break;
    }
    ContractWindow::click(shown.button(button));
    QTRY_VERIFY(ContractWindow::dialog(dialog) != nullptr);
    const QPointer<ActionDialog> asked = qobject_cast<ActionDialog*>(ContractWindow::dialog(dialog));
    QWidgetList fields;
    for (auto* field : asked->findChildren<QLineEdit*>())
        if (field->isVisible()) fields << field;
    for (auto* field : asked->findChildren<QPlainTextEdit*>())
        fields << field;
    QCOMPARE(fields.size(), texts.size());
    for (int i = 0; i < fields.size(); ++i) {
        fields.at(i)->setFocus();
        QTest::keyClick(fields.at(i), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(fields.at(i), texts.at(i));
    }
    const auto before = written(*asked);
    for (const auto& text : texts)
        QVERIFY2(before.contains(text), qPrintable(before.join('|')));

    for (const auto* method : {"PUT", "PATCH", "POST"}) {
        rule["method"] = method;
        rule["path"] = sentTo;
        server_.rule(rule);
    }
    pressAndWait(asked);
    QVERIFY2(asked && asked->isVisible(), "the dialog is gone, and with it what was written");
    QCOMPARE(written(*asked), before);
    for (auto* field : fields)
        QVERIFY(field->isEnabled());

    server_.calm();
    for (int tries = 0; tries < 8 && asked && asked->isVisible(); ++tries)
        pressAndWait(asked);
    QVERIFY2(!asked || !asked->isVisible(), asked ? qPrintable(asked->errorText()) : "");
    QString sent;
    for (const auto* method : {"PUT", "PATCH", "POST"})
        for (const auto& one : server_.seen(sentTo, method))
            sent += one.toObject().value("body").toString();
    QVERIFY2(sent.contains(texts.last()), qPrintable(sent));
}

/// A page of fields instead of a dialog: an answer that comes late does not write over what was typed.
void DraftsTest::ofSettings() {
    ContractWindow shown(&overHttp);
    showWorkflow(shown, {"orders", {}});
    const auto page = [&] { return visibleSettings(shown.window()); };
    const auto isLoaded = [&] {
        return page() != nullptr && shown.visibleText().contains("Flow of orders-worker");
    };
    for (int tries = 0; tries < 10; ++tries) {
        shown.window().navigator().go({"orders", {}, "settings"});
        if (QTest::qWaitFor(isLoaded, 15'000)) break;
    }
    QVERIFY(isLoaded());
    auto* field = page()->findChildren<QLineEdit*>().first();
    QTRY_VERIFY_WITH_TIMEOUT(field->isVisible() && field->isEnabled(), patienceMs);
    server_.rule({{"kind", "slow"}, {"ms", 500}, {"path", "/workflows/"}, {"method", "GET"}});
    page()->reload();
    field->setFocus();
    QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(field, "4321");
    // As late as that of the page, and asked for later.
    bool answered = false;
    shown.window().backend()->workflow("orders", this, [&answered](const auto&) { answered = true; });
    QTRY_VERIFY_WITH_TIMEOUT(answered, patienceMs);
    server_.calm();
    QCOMPARE(field->text(), QString("4321"));
    // A verb that fails leaves it as well.
    server_.rule({{"kind", "cut"}, {"method", "PUT"}});
    if (shown.button("Save changes") != nullptr && shown.button("Save changes")->isEnabled()) {
        QTest::mouseClick(shown.button("Save changes"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(shown.button("Save changes")->isEnabled(), patienceMs);
    }
    QCOMPARE(field->text(), QString("4321"));
}

QTEST_MAIN(DraftsTest)
#include "tst_drafts.moc"
