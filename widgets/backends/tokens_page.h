#pragma once

#include "models/backends/access_models.h"
#include "widgets/page.h"

class QPushButton;

namespace stepwell {

class TableView;

/// The tokens of an account of a Stepwell: who may do what, until when; creates and revokes them.
class TokensPage : public Page {
    Q_OBJECT
  public:
    TokensPage(std::unique_ptr<AccessService> access, QWidget* parent = nullptr);
    void reload() override;
    void focusMain() override;
    TokensModel& model() { return model_; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void update();
    void create();
    void revoke();
    const AccessToken* chosen() const;  ///< null: none
    void showMenu(const QModelIndex& index, const QPoint& at);

    std::unique_ptr<AccessService> access_;
    TokensModel model_;
    TableView* table_;
    ListCard* card_;
    QPushButton* create_;
    QPushButton* revoke_;
    std::string chosenId_;  ///< while the list is read again
};

}  // namespace stepwell
