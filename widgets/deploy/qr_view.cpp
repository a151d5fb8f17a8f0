#include "widgets/deploy/qr_view.h"

#include <QPainter>
#include <qrencode.h>

#include <memory>

namespace stepwell {
namespace {

constexpr int quiet = 4;  ///< modules of light around the code, as the standard asks

struct QrFree {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

QImage qrCode(const QString& text) {
    const std::unique_ptr<QRcode, QrFree> code(
        QRcode_encodeString(text.toUtf8().constData(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code) return {};
    const int side = code->width + 2 * quiet;
    QImage image(side, side, QImage::Format_RGB32);
    image.fill(Qt::white);
    for (int y = 0; y < code->width; ++y)
        for (int x = 0; x < code->width; ++x)
            if ((code->data[y * code->width + x] & 1U) != 0)
                image.setPixelColor(x + quiet, y + quiet, Qt::black);
    return image;
}

QrView::QrView(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("QR code of the address"));
}

void QrView::setText(const QString& text) {
    code_ = qrCode(text);
    setToolTip(text);
    update();
}

void QrView::paintEvent(QPaintEvent*) {
    if (code_.isNull()) return;
    QPainter painter(this);
    const int scale = std::max(1, std::min(width(), height()) / code_.width());
    QRect target(0, 0, code_.width() * scale, code_.height() * scale);
    target.moveTop((height() - target.height()) / 2);
    painter.drawImage(target, code_);
}

}  // namespace stepwell
