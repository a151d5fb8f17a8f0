#pragma once

#include <QImage>
#include <QWidget>

namespace stepwell {

/// The QR code of a text, one pixel a module, with the quiet zone around it; null when the text is too long.
QImage qrCode(const QString& text);

/// Shows a QR code, dark on light whatever the theme: that is what phones read.
class QrView : public QWidget {
    Q_OBJECT
  public:
    explicit QrView(QWidget* parent = nullptr);
    void setText(const QString& text);
    QSize sizeHint() const override { return {132, 132}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QImage code_;
};

}  // namespace stepwell
