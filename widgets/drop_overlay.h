#pragma once

#include <QWidget>

class QMimeData;

namespace stepwell {

/// Covers the window while something is dragged over it and says what dropping it would do.
class DropOverlay : public QWidget {
    Q_OBJECT
  public:
    explicit DropOverlay(QWidget* window);

    /// The one local folder or file of a drag; empty when it is something else.
    static QString pathOf(const QMimeData& data);
    void showFor(const QString& path);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString name_;
};

}  // namespace stepwell
