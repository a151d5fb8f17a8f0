#pragma once

#include "models/backends/access_service.h"
#include "widgets/action_dialog.h"

class QComboBox;
class QLineEdit;

namespace stepwell {

/// Creates a token, and shows its text this once.
class TokenDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `access` outlives the dialog.
    TokenDialog(AccessService& access, QWidget* parent);

  signals:
    void created();

  protected:
    /// Not while it is being made: what nobody sees then would be valid all the same.
    void reject() override;

  private:
    void layOut();
    NewAccessToken wanted() const;
    void validate();
    void create();
    void showValue(const CreatedAccessToken& made);

    AccessService& access_;
    QWidget* form_;
    QLineEdit* name_;
    std::vector<std::pair<std::string, QComboBox*>> levels_;  ///< by product
    QComboBox* expires_;
    bool isMade_ = false;
    bool isBeingMade_ = false;
};

}  // namespace stepwell
