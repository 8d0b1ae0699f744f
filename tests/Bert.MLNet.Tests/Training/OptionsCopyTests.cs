using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

/// <summary>A trainer keeps the options that it was made with, whatever becomes of them later.</summary>
public sealed class OptionsCopyTests
{
    public static TheoryData<Type> OptionsOfTrainers =>
        [.. from type in typeof(BertModel).Assembly.GetTypes() where type.IsSubclassOf(typeof(BertTrainingOptions))
            && !type.IsAbstract select type];

    [Theory, MemberData(nameof(OptionsOfTrainers))]
    public void Options_of_trainers_are_set_when_they_are_made_and_never_again(Type type) => Assert.All(
        type.GetProperties().Where(property => property.CanWrite),
        property => Assert.Contains(typeof(IsExternalInit), property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));

    [Theory, MemberData(nameof(OptionsOfTrainers))]
    public void A_change_of_what_options_were_made_of_reaches_neither_them_nor_a_trainer(Type type)
    {
        var batching = new BertBatchOptions { TokenBudget = 77 };
        var options = (BertTrainingOptions)Activator.CreateInstance(type)!;
        Set(nameof(options.Model), new TinyCheckpoint().Load().WithDecoder());
        Set(nameof(options.Batching), batching);
        var lists = new List<(PropertyInfo Property, IList List, object[] Before)>();
        foreach (PropertyInfo property in type.GetProperties()
            .Where(property => property.PropertyType.IsGenericType
            && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
        {
            Type item = property.PropertyType.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            list.Add(item == typeof(string) ? "query" : 0.25f);
            Set(property.Name, list);
            lists.Add((property, list, [.. list.Cast<object>()]));
        }

        BertTrainingOptions resolved = BertTrainingOptions.Resolve(options);
        Assert.IsType(type, resolved);
        foreach (PropertyInfo property in type.GetProperties()
            .Where(property => property.PropertyType.IsValueType || property.PropertyType == typeof(string)))
        {
            if (property.Name != nameof(options.MaxLength))
                Assert.Equal(property.GetValue(options), property.GetValue(resolved));
        }
        Assert.Equal(type == typeof(QuestionAnswerTrainer.Options) ? null : options.Model!.MaxSequenceLength, resolved.MaxLength);
        Assert.Equal(batching, resolved.Batching);
        Assert.NotEmpty(lists);
        foreach ((PropertyInfo property, IList list, object[] before) in lists)
        {
            list.Clear();
            Assert.Equal(before, ((IEnumerable)property.GetValue(options)!).Cast<object>());
            Assert.Equal(before, ((IEnumerable)property.GetValue(resolved)!).Cast<object>());
        }

        void Set(string property, object value) => type.GetProperty(property)!.SetValue(options, value);
    }

    [Fact]
    public void A_change_of_the_options_does_not_reach_an_estimator()
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new { Text = "good" }]);
        var layers = new List<int> { 1 };
        BertModel model = new TinyCheckpoint().Load();
        IDataView tokens = ml.Transforms.Text.ApplyBertTokenizer(model: model).Fit(data).Transform(data);
        BertEncoderEstimator encoder =
            ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options { Model = model, HiddenStatesLayers = layers });
        var weights = Enumerable.Repeat(1f, TinyCheckpoint.Vocabulary.Count).ToList();
        BertPoolingEstimator pooling = ml.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options { TokenWeights = weights });
        layers.Add(99);
        weights.Clear();
        using BertEncoderTransformer transformer = encoder.Fit(tokens);
        IDataView pooled = pooling.Fit(transformer.Transform(tokens)).Transform(transformer.Transform(tokens));
        Assert.Single(ml.Data.CreateEnumerable<Vector>(pooled, reuseRowObject: false, ignoreMissingColumns: true),
            row => row.Features.Length == 32);
    }

    private sealed class Vector
    {
        public float[] Features { get; set; } = [];
    }
}
