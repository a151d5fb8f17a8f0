#include "widgets/theme_system.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>
#include <QPalette>

namespace stepwell {
namespace {

const QString service = QStringLiteral("org.freedesktop.portal.Desktop");
const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
const QString settings = QStringLiteral("org.freedesktop.portal.Settings");
const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString gnome = QStringLiteral("org.gnome.desktop.interface");

bool paletteIsDark() {
    if (qGuiApp == nullptr) return false;
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

/// Portals wrap a value once or twice, depending on their age.
QVariant unwrapped(QVariant value) {
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

}  // namespace

SystemLook& SystemLook::get() {
    static auto* const instance = new SystemLook;  // see Theme::get
    return *instance;
}

SystemLook::SystemLook()
    : dark_(paletteIsDark())
    , reducedMotion_(qEnvironmentVariableIsSet("STEPWELL_REDUCED_MOTION")) {
    if (!qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) return;
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(service, path, settings, QStringLiteral("SettingChanged"), this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    ask(appearance, QStringLiteral("color-scheme"));
    ask(appearance, QStringLiteral("reduced-motion"));
    ask(gnome, QStringLiteral("enable-animations"));
}

void SystemLook::ask(const QString& group, const QString& key) {
    auto message = QDBusMessage::createMethodCall(service, path, settings, QStringLiteral("Read"));
    message << group << key;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
            [this, group, key](QDBusPendingCallWatcher* done) {
                const QDBusPendingReply<QDBusVariant> reply = *done;
                if (!reply.isError()) take(group, key, reply.value().variant());
                done->deleteLater();
            });
}

void SystemLook::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
    take(group, key, value.variant());
}

void SystemLook::take(const QString& group, const QString& key, QVariant value) {
    value = unwrapped(std::move(value));
    const bool wasDark = dark_;
    const bool wasReduced = reducedMotion_;
    // color-scheme: 0 no preference, 1 prefers dark, 2 prefers light
    if (group == appearance && key == QLatin1String("color-scheme") && value.toUInt() != 0)
        dark_ = value.toUInt() == 1;
    if (group == appearance && key == QLatin1String("reduced-motion")) reducedMotion_ = value.toUInt() == 1;
    if (group == gnome && key == QLatin1String("enable-animations")) reducedMotion_ = !value.toBool();
    if (wasDark != dark_ || wasReduced != reducedMotion_) emit changed();
}

}  // namespace stepwell
