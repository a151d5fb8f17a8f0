#pragma once

#include "models/api/time.h"

#include <QObject>
#include <QString>

#include <optional>

namespace stepwell {

class Backend;

/// Whether a backend is there, and what time it is for what is shown of it: a run that was running when the
/// backend was heard of last does not go on counting. One per backend, told by the workspace that shows it.
/// GUI thread.
class Reach : public QObject {
    Q_OBJECT
  public:
    /// The one of this backend, which owns it; made when it is asked for first.
    static Reach& of(Backend& backend);

    /// From now on; the same once more changes nothing.
    void setReachable(bool reachable);
    bool isReachable() const { return !lostAt_; }
    /// Now. While the backend is away: when it went, or `storedAt` for what was read then and kept.
    api::Time clock(std::optional<api::Time> storedAt = {}) const;
    /// Why nothing can be changed at the moment, for tooltips; empty: it can.
    QString reason() const;

  signals:
    void changed();

  private:
    explicit Reach(Backend& backend);

    Backend& backend_;
    std::optional<api::Time> lostAt_;
};

}  // namespace stepwell
