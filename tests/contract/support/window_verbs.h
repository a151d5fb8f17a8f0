#pragma once

#include "models/api/status.h"
#include "tests/contract/support/contract_window.h"

class QComboBox;

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
    bool waitFor(std::initializer_list<api::Status> wanted) const;
    /// Clicks the button with this text as soon as it can be clicked.
    void press(const QString& button);
    /// Confirms the dialog of this name and waits until it is gone.
    void agree(const QString& dialog);
    void trigger(const QString& workflow, const QString& id);
    void sendEvent(const QString& type);

  private:
    ContractWindow& shown_;
};

}  // namespace stepwell::test
