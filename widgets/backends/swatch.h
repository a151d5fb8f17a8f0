#pragma once

#include <QAbstractButton>

namespace stepwell {

/// A colour to choose: a disc, ringed when it is chosen. An empty colour is that of the kind.
class Swatch : public QAbstractButton {
    Q_OBJECT
  public:
    explicit Swatch(const QString& colour, QWidget* parent = nullptr);
    const QString& colour() const { return colour_; }
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString colour_;
};

}  // namespace stepwell
