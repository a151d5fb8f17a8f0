#pragma once

#include <QAbstractButton>

namespace stepwell::analytics {

/// One figure at the head of the page: what it is, how much, and how it changed against the period before.
class StatTile : public QAbstractButton {
    Q_OBJECT
  public:
    enum class Mood { neutral, good, bad };
    explicit StatTile(const QString& title, QWidget* parent = nullptr);

    void setFigure(const QString& value, const QString& change = {}, Mood mood = Mood::neutral);
    /// A quieter line below.
    void setNote(const QString& note);
    /// Takes clicks and the keyboard.
    void setOpens(bool opens);
    const QString& value() const { return value_; }
    const QString& change() const { return change_; }
    Mood mood() const { return mood_; }
    QSize sizeHint() const override { return {150, 86}; }
    QSize minimumSizeHint() const override { return {110, 86}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void describe();

    QString value_;
    QString change_;
    QString note_;
    Mood mood_ = Mood::neutral;
    bool opens_ = false;
};

}  // namespace stepwell::analytics
