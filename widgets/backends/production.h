#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;

namespace stepwell {

/// What is said about the backend that a widget belongs to, where mistakes cost.
struct Production {
    QString name;
    QColor colour;
};

/// All widgets within `workspace`, and the dialogs they open, belong to a production backend from now on;
/// nothing: they do not.
void setProduction(QWidget* workspace, const std::optional<Production>& production);
/// Nothing: mistakes here cost nobody else.
std::optional<Production> productionOf(const QWidget* anywhere);

/// The second question before a destructive verb: a strip in the colour of the production backend, with a
/// field for its name. The one place that asks; ActionDialog shows it for every verb that destroys.
class ProductionQuestion : public QWidget {
    Q_OBJECT
  public:
    explicit ProductionQuestion(const Production& production, QWidget* parent = nullptr);
    const QString& name() const { return production_.name; }
    /// Whether the name stands there.
    bool isAnswered() const;
    /// The same; if not, says so and takes the keys.
    bool insist();
    QLineEdit* field() const { return field_; }

  signals:
    /// Something was typed.
    void changed();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Production production_;
    QLineEdit* field_;
    QLabel* problem_;
};

}  // namespace stepwell
