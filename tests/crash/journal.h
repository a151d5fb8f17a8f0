#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <map>

/// What the steps of the crash workflow reported about themselves, checked as it comes in. A step of a later
/// stage runs only when all steps of the stages before are stored for good, so a report from an earlier stage
/// after that means a completed step ran again.
namespace stepwell::test {

class Journal {
  public:
    /// "/x?n=3&stage=4&step=tail-1&attempt=2"
    void take(const QByteArray& target);
    /// The API has shown this step as complete: it must not report any more.
    void sawComplete(int n, const QString& step) { instances_[n].steps[step].complete = true; }

    /// Executions of a step.
    int runs(int n, const QString& step) const;
    int total() const { return total_; }
    const QStringList& violations() const { return violations_; }

  private:
    struct Step {
        int runs = 0;
        bool complete = false;
    };
    struct Instance {
        int stage = -1;
        QHash<QString, Step> steps;
    };
    std::map<int, Instance> instances_;
    int total_ = 0;
    QStringList violations_;
};

}  // namespace stepwell::test
