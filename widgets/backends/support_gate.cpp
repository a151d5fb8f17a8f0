#include "widgets/backends/support_gate.h"

#include "models/backends/reach.h"

#include <QAbstractButton>
#include <QAction>
#include <QEvent>

#include <type_traits>
#include <utility>

namespace stepwell {
namespace {

const QString gateName = QStringLiteral("supportGate");

/// Places that can be looked at also while the backend is away: what was seen before is shown there.
bool isPlace(Feature feature) {
    switch (feature) {
    case Feature::workflows:
    case Feature::graph:
    case Feature::logs:
    case Feature::stepOutput:
    case Feature::scripts:
    case Feature::sites:
    case Feature::siteFiles:
    case Feature::siteRules:
    case Feature::siteRequests:
    case Feature::analytics:
    case Feature::liveStream:
    case Feature::tokens:
    case Feature::audit:
        return true;
    default:
        return false;
    }
}

/// Keeps one verb as its backend has it.
template <class Verb>
class Gate : public QObject {
  public:
    Gate(Verb* verb, Backend& backend, Feature feature)
        : QObject(verb)
        , verb_(verb)
        , backend_(backend)
        , feature_(feature)
        , tip_(verb->toolTip())
        , wanted_(isEnabled()) {
        connect(&backend, &Backend::supportChanged, this, [this] { apply(); });
        if (!isPlace(feature)) connect(&Reach::of(backend), &Reach::changed, this, [this] { apply(); });
        setObjectName(gateName);
        connect(&backend, &QObject::destroyed, this, [this] {
            release();
            deleteLater();
        });
        if constexpr (std::is_same_v<Verb, QAction>)
            connect(verb, &QAction::changed, this, [this] { looked(); });
        else
            verb->installEventFilter(this);
        apply();
    }
    /// As if there had never been a gate.
    void release() {
        disconnect(verb_, nullptr, this, nullptr);
        verb_->removeEventFilter(this);
        if (std::exchange(lacking_, false)) verb_->setEnabled(wanted_);
        verb_->setToolTip(tip_);
        verb_->setStatusTip({});
    }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::EnabledChange) looked();
        return QObject::eventFilter(watched, event);
    }

  private:
    /// Of itself: a disabled parent says nothing about what is wanted.
    bool isEnabled() const {
        if constexpr (std::is_same_v<Verb, QAction>)
            return verb_->isEnabled();
        else
            return !verb_->testAttribute(Qt::WA_ForceDisabled);
    }
    void looked() {
        if (applying_) return;
        if (!lacking_ || isEnabled()) wanted_ = isEnabled();
        if (lacking_ && isEnabled()) apply();
    }
    void apply() {
        applying_ = true;
        const auto support = usable(backend_, feature_);
        lacking_ = !support.available;
        verb_->setEnabled(wanted_ && support.available);
        verb_->setToolTip(lacking_ ? support.reason : tip_);
        verb_->setStatusTip(lacking_ ? support.reason : QString());
        applying_ = false;
    }

    Verb* verb_;
    Backend& backend_;
    Feature feature_;
    QString tip_;
    bool wanted_;
    bool lacking_ = false;
    bool applying_ = false;
};

template <class Verb>
void gateAnew(Verb* verb, Backend& backend, Feature feature) {
    if (auto* before = static_cast<Gate<Verb>*>(
            verb->template findChild<QObject*>(gateName, Qt::FindDirectChildrenOnly))) {
        before->release();
        delete before;
    }
    new Gate<Verb>(verb, backend, feature);  // the verb owns it
}

}  // namespace

Support usable(Backend& backend, Feature feature) {
    auto support = backend.support(feature);
    const auto& reach = Reach::of(backend);
    if (support.available && !isPlace(feature) && !reach.isReachable()) return {false, reach.reason()};
    return support;
}

void gate(QAction* verb, Backend& backend, Feature feature) {
    gateAnew(verb, backend, feature);
}

void gate(QAbstractButton* verb, Backend& backend, Feature feature) {
    gateAnew(verb, backend, feature);
}

}  // namespace stepwell
