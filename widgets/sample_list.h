#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace stepwell {

/// A Worker project that comes with the program.
struct Sample {
    QString title;
    QString description;  ///< one sentence
    QString path;         ///< its folder bears the name of its workflow
};

/// The samples, each with a button that imports it.
class SampleList : public QWidget {
    Q_OBJECT
  public:
    explicit SampleList(const std::vector<Sample>& samples, QWidget* parent = nullptr);
    /// Those whose workflow is among these need not be offered any more.
    void setKnown(const QStringList& workflows);
    bool isEmpty() const;
    /// Whether a sample declares this workflow.
    bool declares(const QString& workflow) const;

  signals:
    void chosen(const QString& path);

  private:
    struct Row {
        QString workflow;
        QWidget* widget;
        bool known = false;
    };
    std::vector<Row> rows_;
};

}  // namespace stepwell
