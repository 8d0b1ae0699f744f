using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Cli.Training;

/// <summary>What a bar counts while vectors are made.</summary>
public sealed class TrainingWatchTests
{
    [Fact]
    public void Rows_count_when_their_vectors_are_made_and_not_when_they_are_read()
    {
        using var folder = new TemporaryFolder();
        BertModel bert = BertModel.FromPretrained(new TinyCheckpoint().Write(folder["model"]));
        var ml = new MLContext();
        int counted = 0, countedAtLastRow = -1;
        var watch = new TrainingWatch(new Progress<TrainingProgress>(), default) { Advance = () => counted++ };
        IDataView rows = ml.Data.LoadFromEnumerable(Rows());
        IDataView cached = watch.Cache(ml, ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", bert).Fit(rows).Transform(rows));
        Assert.Equal(20, cached.GetColumn<float[]>("Features").Count());
        Assert.Equal((20, 0), (counted, countedAtLastRow)); // all are read ahead before the first vector
        Assert.Equal(20, cached.GetColumn<string>("Sentence1").Count());

        IEnumerable<LabelledRow> Rows()
        {
            for (int i = 0; i < 20; i++)
            {
                if (i == 19)
                    countedAtLastRow = counted;
                yield return new LabelledRow { Sentence1 = $"text {i}" };
            }
        }
    }
}
