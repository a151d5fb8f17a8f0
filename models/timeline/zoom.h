#pragma once

#include "models/timeline/layout.h"

#include <QObject>

namespace stepwell::timeline {

/// Owns what is seen of a timeline: visible range, squeeze, filter and selection. Every view of the same
/// timeline shares one and listens. Ranges are of shown time. GUI thread.
class Zoom : public QObject {
    Q_OBJECT
  public:
    explicit Zoom(QObject* parent = nullptr);

    /// The whole of the run in real time; `live`: `whole.to` is now. A fitted view goes on fitting; one that
    /// has now in view keeps it in its place; any other stays where it is.
    void setWhole(Range whole, bool live);
    /// Replaces the squeeze; the real time at the left edge and at the right edge stay.
    void setSqueeze(const Squeeze& squeeze);
    const Squeeze& squeeze() const { return squeeze_; }

    Range range() const { return range_; }
    /// The whole run with some room at both ends: where the range can go.
    Range bounds() const;
    Range whole() const { return whole_; }
    bool isLive() const { return live_; }
    bool isFitted() const { return fitted_; }
    Scale scale(double width) const { return {range_, width}; }
    double x(Moment real, double width) const { return scale(width).x(squeeze_.shown(real)); }
    Moment real(double x, double width) const { return squeeze_.real(scale(width).at(x)); }

    void zoomBy(double factor, Moment anchor);
    void panBy(Moment shown);
    void show(Range shown);
    /// Shows a stretch of real time with some room around it.
    void showReal(Range real);
    void fit();

    bool failuresOnly() const { return failuresOnly_; }
    void setFailuresOnly(bool on);
    bool squeezesIdle() const { return squeezesIdle_; }
    void setSqueezesIdle(bool on);

    const std::optional<RowId>& selection() const { return selection_; }
    void select(std::optional<RowId> row);
    /// The selected step, also when one of its request rows is selected; nothing for groups.
    std::optional<int> selectedStep() const;

  signals:
    void rangeChanged();
    /// Failures only, or squeeze idle.
    void filterChanged();
    void selectionChanged();

  private:
    void setRange(Range range);
    Moment shownNow() const { return squeeze_.shown(whole_.to); }

    Squeeze squeeze_;
    Range whole_{Moment(0), Moment(1000)};
    Range range_;
    bool live_ = false;
    bool fitted_ = true;
    bool failuresOnly_ = false;
    bool squeezesIdle_ = false;
    std::optional<RowId> selection_;
};

/// How long a squeezed stretch is drawn: short beside the busy time, and stable while a run grows.
Moment squeezedLength(const std::vector<Range>& idle, Range whole);

}  // namespace stepwell::timeline
