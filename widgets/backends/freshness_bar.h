#pragma once

#include "models/backend.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QPushButton;

namespace stepwell {

class ElidedLabel;

/// A slim bar over the page while what it shows is not new: since when the backend is not reached, why, how
/// old what is shown is, and a way to try again. Hidden while all is fresh. GUI thread.
class FreshnessBar : public QWidget {
    Q_OBJECT
  public:
    explicit FreshnessBar(QWidget* parent = nullptr);
    void setBackend(Backend* backend);
    /// What the last question to the backend gave; also shown where the backend keeps nothing.
    void setReachable(bool reachable);
    QString text() const;
    QPushButton* retryButton() const { return retry_; }

  signals:
    void retryRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void update();

    Backend* backend_ = nullptr;
    std::optional<api::Time> lostAt_;
    ElidedLabel* text_;
    QPushButton* retry_;
    QTimer ageing_;  ///< the age is told anew each half minute
};

}  // namespace stepwell
