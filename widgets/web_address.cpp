#include "widgets/web_address.h"

#include "widgets/notice_bar.h"

#include <QDesktopServices>
#include <QRegularExpression>
#include <QUrl>

namespace stepwell {

namespace {

constexpr qsizetype mostShown = 200;

}  // namespace

bool isOnlyHere(const QString& address) {
    static const QRegularExpression loopback(QStringLiteral("^(127(\\.\\d+){3}|::1)$"));
    const QString host = QUrl(address).host().toLower();
    return host == QLatin1String("localhost") || host.endsWith(QLatin1String(".localhost")) ||
           loopback.match(host).hasMatch();
}

void openWebAddress(QWidget* anywhere, const QString& address) {
    const QUrl url(address, QUrl::StrictMode);
    const bool isWeb = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (url.isValid() && isWeb && !url.host().isEmpty()) {
        QDesktopServices::openUrl(url);
        return;
    }
    NoticeBar::say(
        anywhere, NoticeBar::Kind::error,
        QObject::tr("%1 is no http or https address, so it was not opened").arg(address.left(mostShown)));
}

}  // namespace stepwell
