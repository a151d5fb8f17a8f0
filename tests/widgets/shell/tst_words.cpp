#include "models/visible_text.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/fitted_label.h"
#include "widgets/instance/inspector_panel.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance/log_panel.h"
#include "widgets/instance/texts.h"
#include "widgets/instance_actions.h"
#include "widgets/send_event_dialog.h"
#include "widgets/settings_page.h"
#include "widgets/workflow_page.h"
#include "widgets/workflows_page.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

using namespace stepwell;
using namespace stepwell::test;

namespace {

QLabel* labelSaying(QWidget& in, const QString& words) {
    for (auto* label : in.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(words)) return label;
    return nullptr;
}

void limitSteps(FakeBackend& backend) {
    backend.versionLists[backend.workflowList.front().name].front().settings.stepLimit = 500;
}

/// The settings of the first workflow, loaded. For a backend prepared with `limitSteps`.
QString openSettings(ShownWindow& shown) {
    const QString name = QString::fromStdString(shown.backend->workflowList.front().name);
    shown.window.navigator().go({name, {}, "settings"});
    const auto isLoaded = [&] {
        auto* steps = visibleChild<QLineEdit>(shown.window, "Steps of an instance");
        return steps != nullptr && steps->text() == "500";
    };
    return QTest::qWaitFor(isLoaded) ? name : QString();
}

QLineEdit* field(ShownWindow& shown, const QString& name) {
    return visibleChild<QLineEdit>(shown.window, name);
}

}  // namespace

/// What the window says, where it says it, and that it asks before something entered or kept is lost.
class WordsTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }
    void cleanup() {
        for (auto* widget : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(widget)) delete dialog;
    }

    void wholeReasonIsShown() {
        EmptyState empty;
        empty.resize(900, 600);
        const QString reason =
            QStringLiteral("The data folder cannot be used. ").repeated(12) + "Start the engine.";
        empty.QWidget::show();
        empty.showError({500, api::code::internal, reason.toStdString()}, "The workflows", "Workflows Read");
        QTRY_VERIFY(labelSaying(empty, "Start the engine.") != nullptr);
        auto* label = labelSaying(empty, "Start the engine.");
        QTRY_VERIFY(label->height() >= label->heightForWidth(label->width()));
        QVERIFY(label->heightForWidth(label->width()) > 3 * label->fontMetrics().height());
        QVERIFY(label->textInteractionFlags() & Qt::TextSelectableByMouse);
    }

    void aLongNameInAnErrorStaysInTheDialog() {
        auto* dialog = new ActionDialog("Deploy", "Deploy", ActionDialog::Look::main, nullptr);
        dialog->open();
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        const int width = dialog->width();
        const QString path = "/srv/" + QString(400, 'x') + "/index.html";
        dialog->showError("The file " + path + " cannot be read.");
        QCoreApplication::processEvents();
        QCOMPARE(dialog->width(), width);
        const auto labels = dialog->findChildren<FittedLabel*>();
        const auto found = std::find_if(labels.begin(), labels.end(),
                                        [](const auto* one) { return one->text().startsWith("The file"); });
        QVERIFY(found != labels.end());
        auto* label = *found;
        QVERIFY(label->isVisible());
        QVERIFY2(label->text().contains(QStringLiteral("…")), qPrintable(label->text()));
        QVERIFY(label->text().startsWith("The file /srv/"));
        QVERIFY(label->text().contains("index.html cannot be read."));
        QVERIFY(label->toolTip().contains(path));
        QVERIFY(dialog->errorText().contains(path));
        dialog->resize(6'000, dialog->height());
        QTRY_VERIFY(label->text().contains(path));
        QVERIFY(label->toolTip().isEmpty());
    }

    void wrongTokenIsNoMissingPermission() {
        EmptyState empty;
        empty.resize(900, 600);
        empty.QWidget::show();
        empty.showError({401, api::code::authentication, "Authentication error: the token is wrong."},
                        "The workflows", "Workers Scripts Read");
        QCOMPARE(empty.kind(), EmptyState::Kind::notPermitted);
        QVERIFY(empty.sentence().contains("token is wrong"));
        QVERIFY(labelSaying(empty, "token_file") != nullptr);
        QVERIFY(labelSaying(empty, "Workers Scripts Read") == nullptr);
    }

    void enteredSettingsAreNotLost() {
        ShownWindow shown(limitSteps);
        const QString name = openSettings(shown);
        QTRY_VERIFY(field(shown, "Instances at once") != nullptr);
        auto* page = shown.window.findChild<SettingsPage*>();
        QTRY_VERIFY(page->entered().has_value() && !page->hasUnsaved());
        field(shown, "Instances at once")->setText("10");
        QVERIFY(page->hasUnsaved());
        const Place here = shown.window.navigator().current();
        shown.window.navigator().up();
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        QCOMPARE(shown.window.navigator().current(), here);
        QTest::keyClick(openDialog<ActionDialog>("unsavedDialog"), Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") == nullptr);
        QCOMPARE(field(shown, "Instances at once")->text(), QStringLiteral("10"));

        QVERIFY(!shown.window.close());
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        openDialog<ActionDialog>("unsavedDialog")->reject();
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") == nullptr);

        shown.window.navigator().up();
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        QTest::mouseClick(openDialog<ActionDialog>("unsavedDialog")->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.window.navigator().current(), (Place{name, {}}));
        QCOMPARE(shown.backend->declarations.size(), std::size_t{1});
    }

    void discardedSettingsAreForgotten() {
        ShownWindow shown(limitSteps);
        openSettings(shown);
        QTRY_VERIFY(field(shown, "Instances at once") != nullptr);
        auto* page = shown.window.findChild<SettingsPage*>();
        QTRY_VERIFY(page->entered().has_value() && !page->hasUnsaved());
        field(shown, "Instances at once")->setText("10");
        shown.window.navigator().go({});
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(*openDialog<ActionDialog>("unsavedDialog"), "Discard"),
                          Qt::LeftButton);
        QTRY_COMPARE(shown.window.navigator().current(), Place{});
        QVERIFY(shown.backend->declarations.empty());
    }

    void wrongSettingSaysSoBesideIt() {
        ShownWindow shown(limitSteps);
        openSettings(shown);
        QTRY_VERIFY(field(shown, "Keep failed ones") != nullptr);
        auto* page = shown.window.findChild<SettingsPage*>();
        QTRY_VERIFY(page->entered().has_value() && !page->hasUnsaved());
        auto* kept = field(shown, "Keep complete ones");
        kept->setText("soon");
        auto* said = labelSaying(*page, "Not a duration");
        QVERIFY(said != nullptr);
        QVERIFY(std::abs(said->mapTo(page, said->rect().center()).y() -
                         kept->mapTo(page, kept->rect().center()).y()) < 12);
        kept->setText("7 days");
        QVERIFY(labelSaying(*page, "Not a duration") == nullptr);
    }

    void deletedInstanceSaysSo() {
        ShownWindow shown;
        const auto detail = sample::runningDetail();
        const QString id = QString::fromStdString(detail.id);
        shown.window.navigator().go({"orders", id});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Pause") != nullptr);
        auto* page = shown.window.findChild<InstancePage*>();
        shown.backend->detailSource = [](const auto&, auto) -> api::Result<api::InstanceDetail> {
            return api::fail(404, api::code::instanceNotFound, "There is no such instance");
        };
        shown.backend->emitEvent("instance_deleted", "orders", detail.id);
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, id + " was deleted.") != nullptr);
        for (auto* action : page->actions().actions())
            QVERIFY(!action->isEnabled());
    }

    void instanceOfADeletedWorkflowSaysSo() {
        ShownWindow shown;
        const auto detail = sample::runningDetail();
        const QString id = QString::fromStdString(detail.id);
        shown.window.navigator().go({"orders", id});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Pause") != nullptr);
        shown.backend->detailSource = [](const auto&, auto) -> api::Result<api::InstanceDetail> {
            return api::fail(404, api::code::workflowNotFound, "There is no such workflow");
        };
        shown.backend->emitEvent("workflow_deleted", "orders");
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, id + " was deleted with its workflow.") !=
                    nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(shown.window, "Show all workflows"), Qt::LeftButton);
        QCOMPARE(shown.window.navigator().current(), Place{});
    }

    void workflowIsDeletedAfterItsLossIsNamed() {
        ShownWindow shown;
        shown.window.navigator().go({"orders", {}});
        auto* page = shown.window.findChild<WorkflowPage*>();
        page->pageActions().front()->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("confirmDialog");
        QVERIFY(dialog->windowTitle().contains("orders"));
        QVERIFY(labelSaying(*dialog, "instances go with it") != nullptr);
        QVERIFY(labelSaying(*dialog, "orders-worker") != nullptr);
        QCOMPARE(shown.backend->callsStartingWith("deleteWorkflow"), 0);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("deleteWorkflow orders"), 1);
        QTRY_COMPARE(shown.window.navigator().current(), Place{});
        QTRY_COMPARE(shown.window.findChild<WorkflowsPage*>()->model().workflows().size(), std::size_t{4});
    }

    void awaitedTypeIsNamedOnlyWhileItIsThere() {
        FakeBackend backend;
        SendEventDialog dialog(backend, "orders", "order-1", {"approval"}, nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.open();
        QVERIFY(labelSaying(dialog, "it waits for this one") != nullptr);
        QVERIFY(labelSaying(dialog, "without a payload") != nullptr);
        dialog.findChild<QComboBox*>()->setEditText("other");
        QVERIFY(labelSaying(dialog, "it waits for this one") == nullptr);
    }

    void namesCannotTurnTheWordsAround() {
        QCOMPARE(visibleText(QStringLiteral("a\u202Eb\u2066c\nd")),
                 QStringLiteral("a\\u202eb\\u2066c\\u000ad"));
        QCOMPARE(visibleText(QStringLiteral("größe 數 \U0001F468\u200D\U0001F469")),
                 QStringLiteral("größe 數 \U0001F468\u200D\U0001F469"));
        LogPanel panel;
        panel.resize(700, 200);
        panel.QWidget::show();
        const std::vector<api::LogLine> none;
        panel.show(none, 1, QStringLiteral("a very long name of a step ").repeated(20), false);
        QTRY_VERIFY(visibleChild<QLineEdit>(panel, "Search the logs") != nullptr);
        QVERIFY(visibleChild<QLineEdit>(panel, "Search the logs")->width() >= 120);
        QVERIFY(visibleChild<QPushButton>(panel, "Copy")->geometry().right() <= panel.width());
    }

    void requestsNameTheirHost() {
        api::OutboundRequest request;
        request.method = "GET";
        request.url = "http://payments.example:8080";
        QCOMPARE(texts::request(request), QStringLiteral("GET payments.example:8080/"));
    }

    void codeHasNoLigatures() {
        const QFont font = Theme::get().mono(12);
        QVERIFY(font.styleStrategy() & QFont::PreferNoShaping);
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(WordsTest)
#include "tst_words.moc"
