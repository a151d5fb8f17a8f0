#pragma once

#include <QProxyStyle>
#include <QString>

namespace stepwell {

/// The base style below the style sheet: measures and habits a style sheet cannot say. Widgets choose a
/// variant with the dynamic property `kind`: buttons "main", "danger", "quiet", "link"; frames "card", "bar",
/// "line"; labels "title", "cardTitle", "mute", "small", "mono".
class AppStyle : public QProxyStyle {
    Q_OBJECT
  public:
    AppStyle();
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returnData) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    using QProxyStyle::polish;
    void polish(QWidget* widget) override;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

/// The application's style sheet with the colours of the token table.
QString applicationStyleSheet(bool dark);

}  // namespace stepwell
