#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;

namespace stepwell {

/// Says how something ended, over the lower edge of the page, so that nothing moves under the pointer when it
/// comes and goes. Good news leave by themselves; an error stays until it is dismissed or replaced. Any
/// widget of the window reaches it with `say`.
class NoticeBar : public QFrame {
    Q_OBJECT
  public:
    enum class Kind { success, warning, error };
    /// Lies over `area`, which has to be in a layout of `parent`.
    NoticeBar(QWidget* area, QWidget* parent);

    /// Shows in the notice bar of the workspace `anywhere` belongs to; said for the whole window, in the one
    /// that is visible. Without one the call has no effect.
    static void say(QWidget* anywhere, Kind kind, const QString& text);

    void post(Kind kind, const QString& text);
    void dismiss();
    QString text() const;
    Kind kind() const { return kind_; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void place();

    QWidget* area_;
    Kind kind_ = Kind::success;
    QLabel* text_;
    QTimer leave_;
};

}  // namespace stepwell
