#pragma once

#include "models/between/course.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QProgressBar;

namespace stepwell {

class FittedLabel;

/// The steps of a promotion, a row each: how it stands, what it is, how far it is.
class PromotionSteps : public QWidget {
    Q_OBJECT
  public:
    explicit PromotionSteps(QWidget* parent = nullptr);

    void setSteps(const std::vector<between::StepNow>& steps);
    /// In words: "Upload the script: done, 3 modules".
    QStringList lines() const;

  private:
    class Sign;
    struct Row {
        Sign* sign;
        QLabel* title;
        FittedLabel* detail;
        QProgressBar* bar;
    };
    void addRow();

    std::vector<between::StepNow> shown_;
    std::vector<Row> rows_;
    QGridLayout* grid_;
};

}  // namespace stepwell
