#include "widgets/drop_overlay.h"

#include "widgets/icons.h"

#include <QFileInfo>
#include <QMimeData>
#include <QPainter>
#include <QUrl>

namespace stepwell {

DropOverlay::DropOverlay(QWidget* window)
    : QWidget(window) {
    setObjectName("dropOverlay");
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

QStringList DropOverlay::pathsOf(const QMimeData& data) {
    QStringList paths;
    for (const auto& url : data.urls()) {
        if (!url.isLocalFile()) return {};
        paths << url.toLocalFile();
    }
    return paths;
}

void DropOverlay::showFor(const QStringList& paths) {
    QString clean = paths.front();
    while (clean.size() > 1 && clean.endsWith(QLatin1Char('/')))
        clean.chop(1);
    name_ = paths.size() == 1 ? QFileInfo(clean).fileName() : tr("%1 files").arg(paths.size());
    setGeometry(parentWidget()->rect());
    raise();
    show();
}

void DropOverlay::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::get();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = theme.color(Token::bg);
    veil.setAlphaF(0.88F);
    painter.fillRect(rect(), veil);
    QPen edge(theme.color(Token::accent), 2, Qt::DashLine);
    painter.setPen(edge);
    painter.drawRoundedRect(QRectF(rect()).adjusted(17, 17, -17, -17), 12, 12);
    const QPointF middle = rect().center();
    paintGlyph(painter, QRectF(middle.x() - 24, middle.y() - 66, 48, 48), Glyph::drop,
               theme.color(Token::accent));
    painter.setPen(theme.color(Token::text));
    painter.setFont(theme.pageTitle());
    const QRectF title(24, middle.y() - 6, width() - 48, 28);
    painter.drawText(
        title, Qt::AlignCenter,
        QFontMetrics(theme.pageTitle())
            .elidedText(tr("Drop %1").arg(name_), Qt::ElideMiddle, static_cast<int>(title.width())));
    painter.setPen(theme.color(Token::mute));
    painter.setFont(theme.body());
    painter.drawText(title.translated(0, 28), Qt::AlignCenter,
                     tr("A Worker project is imported, a folder or archive of files is deployed as a site"));
}

}  // namespace stepwell
