#pragma once

#include "models/analytics/cost.h"

#include <QWidget>

#include <functional>
#include <vector>

class QGridLayout;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace stepwell::analytics {

/// The prices that a person saved, else the public ones that the program knows. GUI thread.
Prices savedPrices();
void savePrices(const Prices& prices);

/// All prices, allowances and assumptions to read and to change, with their date and source.
class PricesForm : public QWidget {
    Q_OBJECT
  public:
    explicit PricesForm(QWidget* parent = nullptr);

    void setPrices(const Prices& prices);
    /// What is written; fields that hold no number keep what they had.
    const Prices& prices() const { return prices_; }
    /// What is wrong with what is written; empty when all is well.
    QString problem() const { return problem_; }
    /// The field of this name, for a test: "Steps included".
    QLineEdit* field(const QString& name) const;

  signals:
    void changed();

  private:
    struct Number {
        QLineEdit* field;
        std::function<double&(Prices&)> place;
        double factor;  ///< what one of the field is in the price's unit
    };
    QLineEdit* addNumber(const QString& name, std::function<double&(Prices&)> place, double factor = 1);
    QWidget* makePaid();
    QWidget* makeFree();
    QWidget* makeOrigin();
    void addTariff(QGridLayout& grid, int row, const QString& name, const QString& unit,
                   Tariff Prices::*tariff);
    void show();
    void read();

    Prices prices_;
    QString problem_;
    std::vector<Number> numbers_;
    QLineEdit* asOf_;
    QLineEdit* source_;
};

}  // namespace stepwell::analytics
