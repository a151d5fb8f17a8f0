#include "tests/contract/support/window_verbs.h"

#include "widgets/action_dialog.h"
#include "widgets/instance/instance_page.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPointer>
#include <QtTest>

namespace stepwell::test {

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

bool WindowVerbs::waitFor(std::initializer_list<api::Status> wanted) const {
    return QTest::qWaitFor([&] { return std::find(wanted.begin(), wanted.end(), status()) != wanted.end(); },
                           patienceMs);
}

void WindowVerbs::press(const QString& name) {
    QTRY_VERIFY2_WITH_TIMEOUT(shown_.button(name) != nullptr && shown_.button(name)->isEnabled(),
                              qPrintable(name), patienceMs);
    QTest::mouseClick(shown_.button(name), Qt::LeftButton);
}

void WindowVerbs::agree(const QString& name) {
    QTRY_VERIFY2(ContractWindow::dialog(name) != nullptr, qPrintable(name));
    const QPointer<ActionDialog> dialog = qobject_cast<ActionDialog*>(ContractWindow::dialog(name));
    ContractWindow::click(dialog->verbButton());
    const auto problem = [&] { return name + " stays: " + (dialog ? dialog->errorText() : QString()); };
    QTRY_VERIFY2_WITH_TIMEOUT(ContractWindow::dialog(name) == nullptr, qPrintable(problem()), patienceMs);
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

}  // namespace stepwell::test
