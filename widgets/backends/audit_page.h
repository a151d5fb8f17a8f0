#pragma once

#include "models/backends/access_models.h"
#include "widgets/page.h"

#include <QTimer>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace stepwell {

class TableView;

/// Who changed what, when and from where, page by page.
class AuditPageView : public Page {
    Q_OBJECT
  public:
    AuditPageView(std::unique_ptr<AccessService> access, QWidget* parent = nullptr);
    void reload() override;
    void focusMain() override;
    AuditModel& model() { return model_; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeFilters();
    void ask(int page);
    void update();

    std::unique_ptr<AccessService> access_;
    AuditModel model_;
    TableView* table_;
    ListCard* card_;
    QComboBox* action_;
    QComboBox* span_;
    QLineEdit* resource_;
    QLineEdit* actor_;
    QLabel* where_;
    QPushButton* newer_;
    QPushButton* older_;
    QTimer rest_;  ///< typing has rested
};

}  // namespace stepwell
