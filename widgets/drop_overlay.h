#pragma once

#include <QStringList>
#include <QWidget>

class QMimeData;

namespace stepwell {

/// Covers the window while something is dragged over it and says what dropping it would do.
class DropOverlay : public QWidget {
    Q_OBJECT
  public:
    explicit DropOverlay(QWidget* window);

    /// The local folders and files of a drag; empty when any of it is something else.
    static QStringList pathsOf(const QMimeData& data);
    void showFor(const QStringList& paths);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString name_;
};

}  // namespace stepwell
