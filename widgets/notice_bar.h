#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;

namespace stepwell {

/// One line under the top bar that says how something ended. Good news leave by themselves; an error stays
/// until it is dismissed or replaced. Any widget of the window reaches it with `say`.
class NoticeBar : public QFrame {
    Q_OBJECT
  public:
    enum class Kind { success, warning, error };
    explicit NoticeBar(QWidget* parent = nullptr);

    /// Shows in the notice bar of the window `anywhere` belongs to (of its parent windows for dialogs);
    /// without one the call has no effect.
    static void say(QWidget* anywhere, Kind kind, const QString& text);

    void post(Kind kind, const QString& text);
    void dismiss();
    QString text() const;
    Kind kind() const { return kind_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind kind_ = Kind::success;
    QLabel* text_;
    QTimer leave_;
};

}  // namespace stepwell
