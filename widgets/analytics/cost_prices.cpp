#include "widgets/analytics/cost_prices.h"

#include "models/text.h"
#include "widgets/controls.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QSettings>
#include <QVBoxLayout>

#include <cmath>

namespace stepwell::analytics {
namespace {

const QString pricesKey = QStringLiteral("analytics/prices");
constexpr double bytesOfKilobyte = 1000;

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QVBoxLayout* inCard(QFrame* card, const QString& title) {
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(makeLabel(title, "cardTitle"));
    return column;
}

}  // namespace

Prices savedPrices() {
    const QByteArray saved = QSettings().value(pricesKey).toByteArray();
    if (saved.isEmpty()) return {};
    return pricesFromJson(saved.toStdString()).value_or(Prices{});
}

void savePrices(const Prices& prices) {
    if (prices == Prices{}) return QSettings().remove(pricesKey);
    QSettings().setValue(pricesKey, QByteArray::fromStdString(toJson(prices)));
}

PricesForm::PricesForm(QWidget* parent)
    : QWidget(parent)
    , asOf_(new QLineEdit)
    , source_(new QLineEdit) {
    auto* plans = new QHBoxLayout;
    plans->setSpacing(12);
    plans->addWidget(makePaid(), 3);
    plans->addWidget(makeFree(), 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(plans);
    column->addWidget(makeOrigin());
    column->addStretch(1);
    show();
}

QLineEdit* PricesForm::addNumber(const QString& name, std::function<double&(Prices&)> place, double factor) {
    auto* field = new QLineEdit;
    field->setObjectName(name);
    field->setAccessibleName(name);
    field->setAlignment(Qt::AlignRight);
    field->setMinimumWidth(72);
    field->setMaxLength(24);
    connect(field, &QLineEdit::textEdited, this, &PricesForm::read);
    numbers_.push_back({field, std::move(place), factor});
    return field;
}

void PricesForm::addTariff(QGridLayout& grid, int row, const QString& name, const QString& unit,
                           Tariff Prices::*tariff) {
    grid.addWidget(makeLabel(name), row, 0);
    grid.addWidget(addNumber(tr("%1 included").arg(name),
                             [tariff](Prices& p) -> double& { return (p.*tariff).included; }),
                   row, 1);
    grid.addWidget(makeLabel(unit, "small"), row, 2);
    grid.addWidget(
        addNumber(tr("%1 price").arg(name), [tariff](Prices& p) -> double& { return (p.*tariff).price; }),
        row, 3);
    grid.addWidget(makeLabel(tr("for each"), "small"), row, 4);
    grid.addWidget(
        addNumber(tr("%1 per").arg(name), [tariff](Prices& p) -> double& { return (p.*tariff).per; }), row,
        5);
}

QWidget* PricesForm::makePaid() {
    auto* card = makeCard();
    auto* column = inCard(card, tr("Workers Paid, a month"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    int row = 0;
    for (const auto& [at, words] : {std::pair(1, tr("Included")), {3, tr("Then $")}, {5, tr("Units")}})
        grid->addWidget(makeLabel(words, "small"), row, at, Qt::AlignRight);
    addTariff(*grid, ++row, tr("Requests"), {}, &Prices::requests);
    addTariff(*grid, ++row, tr("CPU time"), tr("ms"), &Prices::cpu);
    addTariff(*grid, ++row, tr("Steps"), {}, &Prices::steps);
    addTariff(*grid, ++row, tr("Storage"), tr("GB"), &Prices::storage);
    grid->addWidget(makeLabel(tr("Subscription")), ++row, 0);
    grid->addWidget(addNumber(tr("Subscription price"), [](Prices& p) -> double& { return p.subscription; }),
                    row, 3);
    grid->addWidget(makeLabel(tr("State kept")), ++row, 0);
    grid->addWidget(addNumber(tr("Paid retention"), [](Prices& p) -> double& { return p.paidRetention; }),
                    row, 1);
    grid->addWidget(makeLabel(tr("days"), "small"), row, 2);
    column->addLayout(grid);
    column->addStretch(1);
    return card;
}

QWidget* PricesForm::makeFree() {
    auto* card = makeCard();
    auto* column = inCard(card, tr("Workers Free"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    int row = 0;
    const auto add = [&](const QString& name, const QString& unit, double Prices::*place, double factor = 1) {
        grid->addWidget(makeLabel(name), row, 0);
        grid->addWidget(
            addNumber(
                tr("Free %1").arg(name), [place](Prices& p) -> double& { return p.*place; }, factor),
            row, 1);
        grid->addWidget(makeLabel(unit, "small"), row++, 2);
    };
    add(tr("Requests"), tr("a day"), &Prices::freeRequestsADay);
    add(tr("Steps"), tr("a day"), &Prices::freeStepsADay);
    add(tr("CPU time of a step"), tr("ms"), &Prices::freeStepCpu);
    add(tr("Storage"), tr("GB"), &Prices::freeStorage);
    add(tr("State kept"), tr("days"), &Prices::freeRetention);
    grid->addWidget(makeLabel(tr("Assumed, since no service tells it"), "small"), row++, 0, 1, 3);
    add(tr("Stored by an instance"), tr("kB"), &Prices::bytesPerInstance, bytesOfKilobyte);
    column->addLayout(grid);
    column->addStretch(1);
    return card;
}

QWidget* PricesForm::makeOrigin() {
    auto* card = makeCard();
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(12, 10, 12, 10);
    row->setSpacing(8);
    auto* reset = makeButton(tr("Public prices of %1").arg(toQt(Prices{}.asOf)), "link");
    asOf_->setObjectName(QStringLiteral("Prices of"));
    asOf_->setAccessibleName(tr("Date of the prices"));
    asOf_->setMaximumWidth(110);
    asOf_->setMaxLength(10);
    source_->setAccessibleName(tr("Source of the prices"));
    source_->setMaxLength(500);
    row->addWidget(makeLabel(tr("Prices of"), "small"));
    row->addWidget(asOf_);
    row->addWidget(makeLabel(tr("from"), "small"));
    row->addWidget(source_, 1);
    row->addWidget(reset);
    connect(asOf_, &QLineEdit::textEdited, this, &PricesForm::read);
    connect(source_, &QLineEdit::textEdited, this, &PricesForm::read);
    connect(reset, &QPushButton::clicked, this, [this] {
        setPrices({});
        emit changed();
    });
    return card;
}

void PricesForm::setPrices(const Prices& prices) {
    prices_ = prices;
    problem_.clear();
    show();
}

void PricesForm::show() {
    for (const auto& number : numbers_) {
        const double value = number.place(prices_) / number.factor;
        number.field->setText(english().toString(value, 'f', value == std::floor(value) ? 0 : 4));
        QString text = number.field->text();
        // As prices are written: two digits behind the point, more only where they say something.
        while (text.size() - text.indexOf(QLatin1Char('.')) > 3 && text.contains(QLatin1Char('.')) &&
               text.endsWith(QLatin1Char('0')))
            text.chop(1);
        number.field->setText(text);
        setLook(number.field, "invalid", false);
    }
    asOf_->setText(toQt(prices_.asOf));
    source_->setText(toQt(prices_.source));
    source_->setCursorPosition(0);
    setLook(asOf_, "invalid", false);
}

void PricesForm::read() {
    Prices written = prices_;
    problem_.clear();
    for (const auto& number : numbers_) {
        bool isNumber = false;
        const double value = english().toDouble(number.field->text().trimmed(), &isNumber);
        setLook(number.field, "invalid", !isNumber);
        if (isNumber)
            number.place(written) = value * number.factor;
        else if (problem_.isEmpty())
            problem_ = tr("“%1” is no number: %2").arg(number.field->text(), number.field->accessibleName());
    }
    written.asOf = asOf_->text().trimmed().toStdString();
    written.source = source_->text().trimmed().toStdString();
    const std::string wrong = problemOf(written);
    if (problem_.isEmpty()) problem_ = toQt(wrong);
    setLook(asOf_, "invalid", problem_.contains(QLatin1String("date of the prices")));
    if (wrong.empty()) prices_ = written;
    emit changed();
}

QLineEdit* PricesForm::field(const QString& name) const {
    return findChild<QLineEdit*>(name);
}

}  // namespace stepwell::analytics
