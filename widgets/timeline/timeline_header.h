#pragma once

#include <QWidget>

class QLabel;

namespace stepwell {

class Chip;
class TimelineView;

/// The title line of the timeline's card: what it shows in a few words, and the filters.
class TimelineHeader : public QWidget {
    Q_OBJECT
  public:
    /// `none`: something else tells what is below.
    enum class Title { shown, none };
    explicit TimelineHeader(TimelineView& view, Title title = Title::shown, QWidget* parent = nullptr);
    /// "8 steps · 4 attempts failed · 19.0 s so far"
    QString summary() const;

  private:
    void update();

    TimelineView& view_;
    QLabel* summary_;
    Chip* failures_;
    Chip* squeeze_;
};

}  // namespace stepwell
