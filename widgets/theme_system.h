#pragma once

#include <QObject>
#include <QVariant>

class QDBusVariant;

namespace stepwell {

/// What the desktop says about light or dark and about motion: from the XDG settings portal, asked without
/// waiting for it, and until it answers (or where there is none) from the palette the program was started
/// with. GUI thread only.
class SystemLook : public QObject {
    Q_OBJECT
  public:
    static SystemLook& get();

    bool dark() const { return dark_; }
    bool reducedMotion() const { return reducedMotion_; }

  signals:
    void changed();

  private slots:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

  private:
    SystemLook();
    void ask(const QString& group, const QString& key);
    void take(const QString& group, const QString& key, QVariant value);

    bool dark_ = false;
    bool reducedMotion_ = false;
};

}  // namespace stepwell
