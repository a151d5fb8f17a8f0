#pragma once

#include "models/api/status.h"
#include "tests/contract/support/contract_window.h"

#include <functional>

namespace stepwell {
class InstancePage;
}

namespace stepwell::test {

/// A window as a person works in it with the runs of workflows: presses buttons, fills in dialogs, waits for
/// what the page says. Real programs are at the other end, so each wait may be long.
class WindowVerbs {
  public:
    static constexpr int patienceMs = 60'000;

    explicit WindowVerbs(ContractWindow& shown)
        : shown_(shown) {}

    /// The instance that is shown, or null.
    InstancePage* page() const;
    /// What the page says of it; unknown while none is shown.
    api::Status status() const;
    /// Ids in the list of instances that is shown.
    QStringList listed() const;
    bool waitFor(std::initializer_list<api::Status> wanted) const;
    /// Goes to a page until this button of it can be clicked. Over a bad network a load may fail: it is tried
    /// again as a person does.
    bool show(const Place& place, const QString& button);
    /// Clicks the button with this text as soon as it can be clicked.
    void press(const QString& button);
    /// Confirms the dialog of this name and waits until it is gone. Over a bad network it is confirmed again
    /// when it says that it did not work, and put away when it still says so.
    void agree(const QString& dialog);
    /// Clicks the button, agrees to the dialog if one is named, and waits for a status; one that it had
    /// before counts once the run has begun anew. Over a bad network what was lost on the way is done again.
    bool perform(const QString& button, const QString& dialog, std::initializer_list<api::Status> wanted);
    void trigger(const QString& workflow, const QString& id);
    void sendEvent(const QString& type);
    /// Sends events until the run is at this status: one, unless the network is bad.
    bool sendUntil(const QString& type, const std::function<bool()>& isThere);
    /// Deletes the instance and goes to the list of its workflow; true when it is gone from there.
    bool remove(const QString& workflow, const QString& id, const std::function<bool()>& isGone);

  private:
    bool isPressable(const QString& button) const;
    /// When the run and its first step began: another text after each restart. Empty until both have.
    QString beginning() const;

    ContractWindow& shown_;
};

}  // namespace stepwell::test
