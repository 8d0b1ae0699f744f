using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tests.Cli.CodeGeneration;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Cli;

/// <summary>A model file tells the columns of the data set that the model was trained on.</summary>
public sealed class TrainedColumnsTests
{
    private static readonly TableSource s_table = new("/data/x.csv", SourceForm.Separated) { Separator = ',', HasHeader = true };

    [Fact]
    public void Questions_have_the_names_of_their_table() => Assert.Equal(
        new TrainedColumns("the answer", "asked", "passage"),
        SavedAndLoaded<QuestionAnswerRow>(
            s_table with { Labels = 2, Columns = [("the answer", 3), ("start", 2), (" asked", 0), ("passage", 1)] },
            settings => QuestionAnsweringCode.Create(settings, 3, "q", "c")));

    [Fact]
    public void Entities_have_the_names_of_their_table_or_the_numbers_of_CoNLLs_columns()
    {
        Assert.Equal(new TrainedColumns("tags", "words"), Columns(s_table with { Columns = [("tags", 1), ("words", 0)] }));
        Assert.Equal(new TrainedColumns("4", "1"), Columns(new("/data/x.conll", SourceForm.Conll) { ConllColumns = (1, 4) }));
        Assert.Equal(new TrainedColumns(), Columns(new("/data/x.jsonl", SourceForm.JsonLines)));

        static TrainedColumns Columns(TableSource source) =>
            SavedAndLoaded<NamedEntityRow>(source, settings => EntityRecognitionCode.Create(settings, "a"));
    }

    [Fact]
    public void Columns_of_a_table_without_a_header_have_their_numbers() => Assert.Equal(
        new TrainedColumns("2", "0", "1"),
        SavedAndLoaded<LabelledRow>(
            s_table with { HasHeader = false, Columns = [("Col2", 2), ("Col0", 0), ("Col1", 1)] },
            settings => SentenceSimilarityCode.Create(settings, "a", "b")));

    private static TrainedColumns SavedAndLoaded<TRow>(TableSource source, Func<TrainingSettings, ModelCode> code)
        where TRow : class
    {
        var ml = new MLContext();
        using var file = new MemoryStream();
        ml.Model.Save(new TransformerChain<ITransformer>(),
            TrainedColumns.AddTo(ml.Data.LoadFromEnumerable<TRow>([]).Schema, code(GeneratedProject.Settings(source)), source), file);
        file.Position = 0;
        ml.Model.Load(file, out DataViewSchema schema);
        return TrainedColumns.Of(schema);
    }
}
