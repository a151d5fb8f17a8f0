#pragma once

#include "models/backend.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <chrono>
#include <optional>

class QLabel;

namespace stepwell {

class ElidedLabel;

/// The line at the bottom: how the engine is, and how the window hears of it. Asks for the health every 2 s
/// while shown. A sandbox that is switched off stays visible as a warning for as long as it is.
class HealthBar : public QWidget {
    Q_OBJECT
  public:
    explicit HealthBar(QWidget* parent = nullptr);

    /// Null: no backend yet, `message` says why (empty: it is starting).
    void setBackend(Backend* backend, const QString& message = {});
    /// No backend yet, and nothing is wrong: it waits for what `message` names.
    void setWaiting(const QString& message);
    void refresh();
    /// An answer that takes longer is worth a word; 5 s at first.
    void setPatience(std::chrono::milliseconds patience) { patience_ = patience; }
    QString engineText() const;
    QString warningText() const;
    /// What is left of the requests that the backend takes; empty where nobody counts.
    QString budgetText() const;

  signals:
    /// False when the last question was not answered.
    void reachableChanged(bool reachable);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    enum class Mood { idle, good, bad };
    void showHealth(const api::EngineHealth& health);
    void showConnected();
    void showSilent();
    void showUnreachable(const QString& reason);
    void showLive(LiveState state);
    void showBudgets();
    void setMood(Mood mood, const QString& text);

    Backend* backend_ = nullptr;
    Mood mood_ = Mood::idle;
    std::optional<bool> reachable_;
    bool asking_ = false;
    QElapsedTimer asked_;
    std::chrono::milliseconds patience_{5'000};
    QTimer timer_;
    ElidedLabel* engine_;
    QLabel* load_;
    QLabel* rate_;
    QWidget* warning_;
    QLabel* budget_;
    QLabel* live_;
    QLabel* address_;
};

}  // namespace stepwell
