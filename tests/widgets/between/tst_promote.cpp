#include "tests/models/between/fake_account.h"
#include "widgets/backends/production.h"
#include "widgets/between/promote_dialog.h"
#include "widgets/between/promote_form.h"
#include "widgets/between/promotion_steps.h"
#include "widgets/deploy/changes_view.h"
#include "widgets/table_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;
using between::Promotion;

/// The dialog as a person uses it: keys and clicks, and two accounts behind it.
class TestPromote : public QObject {
    Q_OBJECT

    std::unique_ptr<FakeAccount> here_, there_;
    std::unique_ptr<AccountBackend> source_, target_;
    std::unique_ptr<PromoteDialog> dialog_;
    bool isProduction_ = false;
    bool isOpen_ = true;

    void open() {
        const auto peers = [this] {
            return std::vector<Peer>{
                {"Here", source_.get(), true, "here", Qt::blue, false},
                {"There", isOpen_ ? target_.get() : nullptr, false, "there", Qt::red, isProduction_}};
        };
        dialog_ = std::make_unique<PromoteDialog>(
            *source_, between::PromotionSubject{between::PromotionKind::script, "shop"}, peers, nullptr);
        dialog_->setAttribute(Qt::WA_DeleteOnClose, false);
        dialog_->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog_.get()));
    }
    void waitUntilCompared() { QTRY_VERIFY(dialog_->promotion().state() == Promotion::State::ready); }
    QPushButton& verb() { return *dialog_->verbButton(); }
    bool says(const QString& words) const {
        const auto labels = dialog_->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&words](const auto* label) {
            return label->isVisible() && label->text().contains(words);
        });
    }

  private slots:
    void init() {
        isProduction_ = false;
        isOpen_ = true;
        here_ = std::make_unique<FakeAccount>();
        there_ = std::make_unique<FakeAccount>();
        FakeAccount::Script script;
        script.modules = {{"index.js", "export class Orders {}\n"}};
        script.bindings = {QJsonObject{{"type", "secret_text"}, {"name", "API_KEY"}}};
        here_->scripts["shop"] = script;
        here_->addWorkflow("orders", "Orders", "shop");
        source_ = std::make_unique<AccountBackend>(*here_, "Here");
        target_ = std::make_unique<AccountBackend>(*there_, "There");
    }
    void cleanup() { dialog_.reset(); }

    void withTheKeyboardAlone() {
        open();
        waitUntilCompared();
        QCOMPARE(dialog_->form().targets().currentText(), QString("There"));
        QCOMPARE(dialog_->changes().model().rowCount(), 3);  // the module, bindings, workflows
        QVERIFY(!verb().isEnabled());                        // a secret is missing
        auto* field = dialog_->form().secretFields().front();
        QCOMPARE(field->echoMode(), QLineEdit::Password);
        field->setFocus();
        QTest::keyClicks(field, "typed");
        QTRY_VERIFY(verb().isEnabled());
        QTest::keyClick(dialog_.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(dialog_->promotion().isDone());
        QVERIFY(QJsonDocument(there_->lastMetadata).toJson().contains("\"typed\""));
        QVERIFY(field->text().isEmpty());
        QCOMPARE(dialog_->steps().lines(), (QStringList{"Check the target: done, The name is free",
                                                        "Upload the script: done, 1 module and 1 secret",
                                                        "Declare its workflows: done, 1 workflow"}));
        QSignalSpy shown(dialog_.get(), &PromoteDialog::showRequested);
        QVERIFY(dialog_->openButton()->isVisible() && !verb().isVisible());
        QTest::keyClick(dialog_->openButton(), Qt::Key_Space);
        QCOMPARE(shown.size(), 1);
        QCOMPARE(shown.front().at(0).toString(), QString("there"));
        QCOMPARE(shown.front().at(1).toString(), QString("shop"));
    }

    void productionAsksForItsName() {
        isProduction_ = true;
        here_->scripts["shop"].bindings = {};
        open();
        waitUntilCompared();
        QCOMPARE(verb().text(), QString("Promote to production"));
        // What keeps it from being sent is seen before anybody presses it.
        QVERIFY(!verb().isEnabled());
        QVERIFY(says("Type the name of There first"));
        auto* field = dialog_->question()->field();
        field->setFocus();
        QTest::keyClicks(field, "Her");
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(says("That is not its name"));
        QVERIFY(dialog_->promotion().state() == Promotion::State::ready && field->hasFocus());
        QCOMPARE(there_->sent("PUT", ""), 0);
        field->clear();
        QTest::keyClicks(field, "There");
        QVERIFY(verb().isEnabled() && !says("Type the name of There first"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(dialog_->promotion().isDone());
    }

    void theSameIsSentOnlyWhenSomebodyWantsThat() {
        here_->scripts["shop"].bindings = {};
        there_->scripts["shop"] = here_->scripts["shop"];
        there_->addWorkflow("orders", "Orders", "shop");
        open();
        waitUntilCompared();
        QVERIFY(!verb().isEnabled());
        QVERIFY(says("There is nothing to promote"));
        QTest::keyClick(dialog_.get(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(there_->sent("PUT", ""), 0);
        QVERIFY(dialog_->form().allTheSame().isVisible());
        QTest::keyClick(&dialog_->form().allTheSame(), Qt::Key_Space);
        QVERIFY(verb().isEnabled());
        QTest::mouseClick(&verb(), Qt::LeftButton);
        QTRY_VERIFY(dialog_->promotion().isDone());
    }

    void whatIsSentIsTheSameBeforeAndAfter() {
        auto& script = here_->scripts["shop"];
        script.bindings = {};
        script.modules["empty.txt"] = "";
        script.modules["lib.js"] = "export const a = 1;\n";
        there_->scripts["shop"] = script;
        there_->scripts["shop"].modules["lib.js"] = "export const a = 0;\n";
        there_->addWorkflow("orders", "Orders", "shop");
        open();
        waitUntilCompared();
        QCOMPARE(dialog_->changes().model().rowCount(), 1);
        QVERIFY(says("1 change · 3 modules would be sent"));
        QTest::mouseClick(&verb(), Qt::LeftButton);
        QTRY_VERIFY(dialog_->promotion().isDone());
        QVERIFY(dialog_->steps().lines().contains("Upload the script: done, 3 modules"));
    }

    void whoCancelsWhatIsFinishedIsToldSo() {
        here_->scripts["shop"].bindings = {};
        open();
        waitUntilCompared();
        // With the last answer on its way nobody can take it back.
        there_->instead = [this](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method == "PUT" && request.target.contains("/workflows/"))
                dialog_->promotion().cancel();
            return std::nullopt;
        };
        QTest::mouseClick(&verb(), Qt::LeftButton);
        QTRY_VERIFY(dialog_->promotion().state() == Promotion::State::over);
        const auto outcome = dialog_->promotion().outcome();
        if (dialog_->promotion().isDone())
            QCOMPARE(outcome, QString("It was finished before it could be cancelled. Done: Upload the "
                                      "script, Declare its workflows. shop is on There."));
        else
            QCOMPARE(outcome, QString("It was cancelled. Done: Upload the script. Under way, and perhaps "
                                      "done: Declare its workflows."));
        QVERIFY(says(outcome));
    }

    void anotherNameIsComparedAnew() {
        open();
        waitUntilCompared();
        auto& name = dialog_->form().name();
        name.setFocus();
        name.selectAll();
        QTest::keyClicks(&name, "shop two");
        QTRY_VERIFY(dialog_->promotion().state() == Promotion::State::idle);
        QVERIFY(!verb().isEnabled());
        name.selectAll();
        QTest::keyClicks(&name, "shop-2");
        waitUntilCompared();
        QCOMPARE(dialog_->promotion().goal().name, QString("shop-2"));
    }

    void whatIsTakenFromOthersIsAgreedToFirst() {
        here_->scripts["shop"].bindings = {};
        there_->addWorkflow("orders", "Orders", "other");
        open();
        waitUntilCompared();
        QVERIFY(dialog_->form().takeover().isVisible() && !verb().isEnabled());
        QTest::keyClick(&dialog_->form().takeover(), Qt::Key_Space);
        QVERIFY(verb().isEnabled());
    }

    void whatTheTargetCannotDoIsSaidBeforeAnythingStarts() {
        target_->refused = "The token lacks the permission \"Workers: edit\"";
        open();
        QVERIFY(dialog_->promotion().state() == Promotion::State::idle);
        dialog_->form().targets().setCurrentIndex(1);
        emit dialog_->form().targets().activated(1);
        QVERIFY(dialog_->promotion().state() == Promotion::State::idle);
        const auto labels = dialog_->form().findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const auto* label) {
            return label->isVisible() && label->text().contains("Workers: edit");
        }));
        QVERIFY(there_->server.seen.isEmpty());
    }

    void aBackendThatIsNotOpenIsOpened() {
        isOpen_ = false;
        open();
        QSignalSpy opened(dialog_.get(), &PromoteDialog::openRequested);
        auto& targets = dialog_->form().targets();
        targets.setFocus();
        QTest::keyClick(&targets, Qt::Key_End);
        QTRY_COMPARE(opened.size(), 1);
        QCOMPARE(opened.front().front().toString(), QString("there"));
        // Once more, after its token was not given.
        QTest::mouseClick(&dialog_->form().openTarget(), Qt::LeftButton);
        QCOMPARE(opened.size(), 2);
        isOpen_ = true;
        dialog_->peersChanged();
        QVERIFY(!dialog_->form().openTarget().isVisible());
        waitUntilCompared();
    }

    void escapeCancelsFirstAndClosesThen() {
        here_->scripts["shop"].bindings = {};
        there_->instead = [](const SeenRequest& request) -> std::optional<FakeServer::Answer> {
            if (request.method != "PUT") return std::nullopt;
            return FakeServer::Answer{.silent = true};
        };
        open();
        waitUntilCompared();
        QTest::mouseClick(&verb(), Qt::LeftButton);
        QTRY_COMPARE(there_->sent("PUT", ""), 1);
        QTest::keyClick(dialog_.get(), Qt::Key_Escape);
        QTRY_VERIFY(dialog_->promotion().state() == Promotion::State::over);
        QVERIFY(dialog_->isVisible());
        QCOMPARE(verb().text(), QString("Try again"));
        there_->instead = {};
        QTest::mouseClick(&verb(), Qt::LeftButton);
        QTRY_VERIFY(dialog_->promotion().isDone());
        QTest::keyClick(dialog_.get(), Qt::Key_Escape);
        QVERIFY(!dialog_->isVisible());
    }
};

QTEST_MAIN(TestPromote)
#include "tst_promote.moc"
