#include "models/text.h"
#include "widgets/analytics/paper.h"
#include "widgets/format.h"

#include <QBuffer>
#include <QImage>
#include <QObject>
#include <QPageLayout>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>

namespace stepwell::analytics {
namespace {

// Units of a page: 96 an inch, as on the screen.
constexpr double unitsPerInch = 96;
constexpr int dotsPerInch = 300;
constexpr double margin = 48;
constexpr double between = 12;
constexpr double chartHeight = 206;
constexpr double tileHeight = 62;
constexpr int tilesPerRow = 3;
constexpr double footHeight = 24;

class ReportWriter : private PaperPen {
  public:
    ReportWriter(const Report& report, const PaperStyle& style)
        : PaperPen(painter_, style)
        , report_(report)
        , style_(style) {}

    QByteArray write() {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QPdfWriter writer(&buffer);
        writer.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Portrait, QMarginsF()));
        writer.setResolution(dotsPerInch);
        writer.setTitle(report_.title);
        writer.setCreator(QStringLiteral("Stepwell"));
        writer_ = &writer;
        page_ = QRectF(0, 0, writer.width() * unitsPerInch / dotsPerInch,
                       writer.height() * unitsPerInch / dotsPerInch)
                    .adjusted(margin, margin, -margin, -margin);
        painter_.begin(&writer);
        painter_.scale(dotsPerInch / unitsPerInch, dotsPerInch / unitsPerInch);
        y_ = page_.top();
        head();
        tiles();
        charts();
        foot();
        painter_.end();
        buffer.close();
        return buffer.data();
    }

  private:
    void line(const QString& words, int pixels, QFont::Weight weight, Token token, double height) {
        text(QRectF(page_.left(), y_, page_.width(), height), Qt::AlignLeft | Qt::AlignVCenter, words,
             font(pixels, weight), token);
        y_ += height;
    }

    void head() {
        line(report_.title, 20, QFont::DemiBold, Token::text, 28);
        line(report_.range, 12, QFont::Normal, Token::text, 18);
        line(report_.filters.isEmpty() ? QObject::tr("All workflows, Workers and sites") : report_.filters,
             12, QFont::Normal, Token::mute, 18);
        line(QObject::tr("%1, made %2").arg(report_.backend, format::fullStamp(report_.made)), 11,
             QFont::Normal, Token::mute, 18);
        y_ += between;
    }

    void card(const QRectF& rect) {
        painter_.setRenderHint(QPainter::Antialiasing);
        painter_.setPen(QPen(ink(Token::line), 1));
        painter_.setBrush(ink(Token::surface));
        painter_.drawRoundedRect(rect, 8, 8);
    }

    void tiles() {
        const double width = (page_.width() - between * (tilesPerRow - 1)) / tilesPerRow;
        for (std::size_t i = 0; i < report_.tiles.size(); ++i) {
            const auto column = static_cast<int>(i) % tilesPerRow;
            if (column == 0) ensure(tileHeight);
            const QRectF rect(page_.left() + column * (width + between), y_, width, tileHeight);
            tile(rect, report_.tiles[i]);
            if (column == tilesPerRow - 1 || i + 1 == report_.tiles.size()) y_ += tileHeight + between;
        }
    }

    void tile(const QRectF& rect, const Tile& tile) {
        card(rect);
        const QRectF inside = rect.adjusted(12, 8, -12, -8);
        text(inside, Qt::AlignLeft | Qt::AlignTop, tile.title, font(11), Token::mute);
        const QFont large = font(17, QFont::DemiBold);
        const QRectF below = inside.adjusted(0, 18, 0, 0);
        text(below, Qt::AlignLeft | Qt::AlignVCenter, tile.value, large, Token::text);
        const double width = QFontMetricsF(large).horizontalAdvance(tile.value);
        text(below.adjusted(std::min(width + 6, below.width()), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
             tile.change, font(11), Token::mute);
    }

    void charts() {
        const double width = (page_.width() - between) / 2;
        for (std::size_t i = 0; i < report_.charts.size(); ++i) {
            const bool left = i % 2 == 0;
            if (left) ensure(chartHeight);
            const QRectF rect(left ? page_.left() : page_.left() + width + between, y_, width, chartHeight);
            card(rect);
            if (report_.charts[i]) paintOnPaper(painter_, rect, *report_.charts[i], {}, style_);
            if (!left || i + 1 == report_.charts.size()) y_ += chartHeight + between;
        }
    }

    /// Goes to the next page when this one has no such height left.
    void ensure(double height) {
        if (y_ + height <= page_.bottom() - footHeight) return;
        foot();
        writer_->newPage();
        ++number_;
        y_ = page_.top();
    }

    void foot() {
        const QRectF box(page_.left(), page_.bottom() - footHeight + 8, page_.width(), footHeight - 8);
        text(box, Qt::AlignLeft | Qt::AlignBottom, QStringLiteral("Stepwell"), font(10), Token::mute);
        text(box, Qt::AlignRight | Qt::AlignBottom, QObject::tr("Page %1").arg(number_), font(10),
             Token::mute);
    }

    const Report& report_;
    const PaperStyle& style_;
    QPainter painter_;
    QPdfWriter* writer_ = nullptr;
    QRectF page_;
    double y_ = 0;
    int number_ = 1;
};

}  // namespace

QByteArray pngOf(const Chart& chart, const QSet<QString>& hidden, const PaperStyle& style, QSizeF size,
                 double scale) {
    QImage image((size * scale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(scale, scale);
    paintOnPaper(painter, QRectF(QPointF(), size), chart, hidden, style);
    painter.end();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

QByteArray svgOf(const Chart& chart, const QSet<QString>& hidden, const PaperStyle& style, QSizeF size) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(), size));
    generator.setResolution(static_cast<int>(unitsPerInch));
    generator.setTitle(chart.title);
    generator.setDescription(chart.subtitle);
    QPainter painter(&generator);
    painter.fillRect(QRectF(QPointF(), size), Qt::white);
    paintOnPaper(painter, QRectF(QPointF(), size), chart, hidden, style);
    painter.end();
    return buffer.data();
}

QByteArray pdfOf(const Report& report, const PaperStyle& style) {
    return ReportWriter(report, style).write();
}

}  // namespace stepwell::analytics
