#include "tests/contract/support/window_verbs.h"

#include "models/instances_model.h"
#include "widgets/action_dialog.h"
#include "widgets/instance/instance_page.h"
#include "widgets/table_view.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPointer>
#include <QtTest>

namespace stepwell::test {

namespace {

constexpr int mostTries = 6;

/// How long an effect may take before it counts as lost on the way.
int effectMs() {
    return BadNetwork::isWanted() ? 8'000 : WindowVerbs::patienceMs;
}

int tries() {
    return BadNetwork::isWanted() ? mostTries : 1;
}

}  // namespace

InstancePage* WindowVerbs::page() const {
    for (auto* page : shown_.window().findChildren<InstancePage*>())
        if (page->isVisible()) return page;
    return nullptr;
}

api::Status WindowVerbs::status() const {
    auto* shown = page();
    return shown != nullptr && shown->feed().isLoaded() ? shown->feed().detail().status
                                                        : api::Status::unknown;
}

QStringList WindowVerbs::listed() const {
    QStringList ids;
    for (auto* table : shown_.window().findChildren<TableView*>()) {
        const auto* model = qobject_cast<InstancesModel*>(table->model());
        if (model == nullptr || !table->isVisible()) continue;
        for (int row = 0; row < model->rowCount(); ++row)
            ids << model->index(row, InstancesModel::Instance).data().toString();
    }
    return ids;
}

bool WindowVerbs::waitFor(std::initializer_list<api::Status> wanted) const {
    return QTest::qWaitFor([&] { return std::find(wanted.begin(), wanted.end(), status()) != wanted.end(); },
                           patienceMs);
}

void WindowVerbs::press(const QString& name) {
    QTRY_VERIFY2_WITH_TIMEOUT(shown_.button(name) != nullptr && shown_.button(name)->isEnabled(),
                              qPrintable(name), patienceMs);
    QTest::mouseClick(shown_.button(name), Qt::LeftButton);
}

bool WindowVerbs::isPressable(const QString& name) const {
    const auto* button = shown_.button(name);
    return button != nullptr && button->isEnabled();
}

bool WindowVerbs::show(const Place& place, const QString& button) {
    for (int i = 0; i < tries(); ++i) {
        if (i > 0) shown_.window().navigator().go({});
        shown_.window().navigator().go(place);
        if (QTest::qWaitFor([&] { return isPressable(button); }, effectMs())) return true;
        qInfo("%s is not to be had: %s", qPrintable(button), qPrintable(shown_.saidFailure()));
    }
    return false;
}

void WindowVerbs::agree(const QString& name) {
    QTRY_VERIFY2(ContractWindow::dialog(name) != nullptr, qPrintable(name));
    const QPointer<ActionDialog> dialog = qobject_cast<ActionDialog*>(ContractWindow::dialog(name));
    const auto isGone = [&] { return ContractWindow::dialog(name) == nullptr; };
    const auto hasFailed = [&] {
        return dialog && dialog->verbButton()->isEnabled() && !dialog->errorText().isEmpty();
    };
    for (int i = 0; i < tries() && !isGone(); ++i) {
        ContractWindow::click(dialog->verbButton());
        QVERIFY2(QTest::qWaitFor([&] { return isGone() || hasFailed(); }, patienceMs), qPrintable(name));
    }
    // What arrived though its answer was lost is refused as done already.
    if (BadNetwork::isWanted() && dialog && !isGone()) dialog->reject();
    const auto problem = [&] { return name + " stays: " + (dialog ? dialog->errorText() : QString()); };
    QTRY_VERIFY2_WITH_TIMEOUT(isGone(), qPrintable(problem()), effectMs());
}

QString WindowVerbs::beginning() const {
    const auto* shown = page();
    if (shown == nullptr || !shown->feed().isLoaded()) return {};
    const auto& run = shown->feed().detail();
    if (!run.start || run.steps.empty() || !run.steps.front().start) return {};
    return QString::fromStdString(api::toIso(*run.start) + ' ' + api::toIso(*run.steps.front().start));
}

bool WindowVerbs::perform(const QString& button, const QString& dialog,
                          std::initializer_list<api::Status> wanted) {
    const auto isWanted = [&](api::Status now) {
        return std::find(wanted.begin(), wanted.end(), now) != wanted.end();
    };
    if (!QTest::qWaitFor([&] { return isPressable(button) && page() != nullptr; }, patienceMs)) return false;
    const bool wasThere = isWanted(status());
    if (wasThere && !QTest::qWaitFor([&] { return !beginning().isEmpty(); }, patienceMs)) return false;
    const QString before = beginning();
    const auto isThere = [&] { return isWanted(status()) && (!wasThere || beginning() != before); };
    for (int i = 0; i < tries(); ++i) {
        const bool again = i > 0;
        if (!QTest::qWaitFor([&] { return (again && isThere()) || isPressable(button); }, patienceMs))
            return false;
        if (again && isThere()) return true;
        QTest::mouseClick(shown_.button(button), Qt::LeftButton);
        if (!dialog.isEmpty()) agree(dialog);
        if (QTest::qWaitFor(isThere, effectMs())) return true;
    }
    return false;
}

void WindowVerbs::trigger(const QString& workflow, const QString& id) {
    shown_.window().navigator().go({workflow, {}});
    shown_.press(Qt::Key_T, Qt::ControlModifier);
    QTRY_VERIFY(ContractWindow::dialog("triggerDialog") != nullptr);
    auto* field = ContractWindow::dialog("triggerDialog")->findChild<QLineEdit*>();
    field->setFocus();
    field->clear();
    QTest::keyClicks(field, id);
    agree("triggerDialog");
    // Where the answer was lost the window stays where it was.
    if (BadNetwork::isWanted()) shown_.window().navigator().go({workflow, id});
}

void WindowVerbs::sendEvent(const QString& type) {
    press("Send event…");
    QTRY_VERIFY(ContractWindow::dialog("sendEventDialog") != nullptr);
    auto* name = ContractWindow::dialog("sendEventDialog")->findChild<QComboBox*>()->lineEdit();
    name->setFocus();
    name->clear();
    QTest::keyClicks(name, type);
    agree("sendEventDialog");
}

bool WindowVerbs::sendUntil(const QString& type, const std::function<bool()>& isThere) {
    for (int i = 0; i < tries() && !isThere(); ++i) {
        sendEvent(type);
        if (QTest::qWaitFor(isThere, effectMs())) return true;
    }
    return isThere();
}

bool WindowVerbs::remove(const QString& workflow, const QString& id, const std::function<bool()>& isGone) {
    for (int i = 0; i < tries(); ++i) {
        if (i > 0) shown_.window().navigator().go({workflow, id});
        if (!QTest::qWaitFor([&] { return isPressable("Delete"); }, effectMs())) continue;
        QTest::mouseClick(shown_.button("Delete"), Qt::LeftButton);
        agree("confirmDialog");
        shown_.window().navigator().go({workflow, {}});
        if (QTest::qWaitFor(isGone, effectMs())) return true;
    }
    return isGone();
}

}  // namespace stepwell::test
