#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace stepwell {

/// A Worker project that comes with the program.
struct Sample {
    QString title;
    QString description;  ///< one sentence
    QString path;
};

/// The samples, each with a button that imports it.
class SampleList : public QWidget {
    Q_OBJECT
  public:
    explicit SampleList(const std::vector<Sample>& samples, QWidget* parent = nullptr);

  signals:
    void chosen(const QString& path);
};

}  // namespace stepwell
